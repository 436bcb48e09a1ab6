"""Pages and API of scoring."""

urlpatterns: list = []
api_urls: list = []
