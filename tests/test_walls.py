"""The walls as the settings of the environment put them together."""

import re

import pytest

from tests.house import RERUN, around, connect


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TARGETS_FRAME_ANCESTORS": "https://a.cn; script-src *"}, "TARGETS_FRAME_ANCESTORS: 'https://a.cn;' is no"),
        ({"TARGETS_FRAME_ANCESTORS": "*"}, "TARGETS_FRAME_ANCESTORS: '*' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "0"}, "TARGETS_MAX_CONNECTIONS: '0' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "many"}, "TARGETS_MAX_CONNECTIONS: 'many' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "５"}, "TARGETS_MAX_CONNECTIONS: '５' is no"),
    ],
)
def test_setting_that_cannot_be_meant_stops_the_start(settings, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        around(**settings).get("/")


def test_metrics_are_numbers_only_where_switched_on():
    house = around(TARGETS_METRICS="1", TARGETS_MAX_CONNECTIONS="7")
    with connect(house) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        lines = house.get("/metrics").text.splitlines()
    assert "targets_connections 1" in lines
    assert "targets_connections_most 7" in lines
    assert 'targets_messages_total{kind="rerun_script"} 1' in lines
