"""Is everything still as it was announced? Computes digests anew, and looks for the log's heads that were sealed."""

from django.core.management.base import BaseCommand, CommandError

from awards.ledger import heads
from awards.models import Publication, faults


class Command(BaseCommand):
    help = "Verify that publications are as they were announced; the exit status is 1 when one is not."

    def add_arguments(self, parser) -> None:
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="publications (default: all)")

    def handle(self, *args, ids: list[int], **options) -> None:
        publications = Publication.objects.with_round().order_by("round", "number")
        if ids:
            publications = publications.filter(pk__in=ids)
            if unknown := sorted(set(ids) - {publication.pk for publication in publications}):
                raise CommandError(f"no such publication: {', '.join(map(str, unknown))}")
        broken = 0
        for publication in publications:
            found = faults(publication) + heads.faults(publication)
            broken += bool(found)
            state = " ".join(map(str, found)) or "as announced"
            self.stdout.write(f"{publication.pk}\t{publication}\t{publication.digest}\t{state}")
        if broken:
            raise CommandError(f"{broken} publication(s) moved")
