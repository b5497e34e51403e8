"""The browser that measurements and tests drive, and how it is started."""

import shutil

# The shell has no window to draw: a quarter less work for each page opened.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
INSTALLED = next(filter(None, map(shutil.which, NAMES)), None)
WITHOUT = (
    # The pages behind the address bar, which nobody sees here, took a quarter of the work of opening a tab.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    # Playwright's own list, as only the last one counts.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
"""Features of Chromium that are turned off."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
]
