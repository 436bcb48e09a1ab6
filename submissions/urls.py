"""Pages and API of submissions."""

urlpatterns: list = []
api_urls: list = []
