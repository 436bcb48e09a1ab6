"""Pages and API of awards."""

urlpatterns: list = []
api_urls: list = []
