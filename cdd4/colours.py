"""The admin's colours: shades of the portal's own, from light to dark."""

PRIMARY = {
    "50": "#eef7f8",
    "100": "#d7ecef",
    "200": "#b3dbe0",
    "300": "#7fc1ca",
    "400": "#459fac",
    "500": "#2a8391",
    "600": "#0b5563",
    "700": "#0a4a57",
    "800": "#083f4a",
    "900": "#08333c",
    "950": "#042128",
}
