"""Numbers for people, counted anew each fiscal year: R8-0147."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given in one series and fiscal year; its row is locked while the next is taken."""

    series = models.CharField(max_length=20)
    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "fiscal_year"], name="one_row_per_series_and_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.fiscal_year}: {self.last}"
