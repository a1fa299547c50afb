from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnership", "0005_what_lets_a_mail_leave")]

    operations = [
        migrations.AddField(
            model_name="mailgate",
            name="server",
            field=models.CharField(blank=True, help_text="fingerprint of the EMAIL_URL that the failures below belong to", max_length=64),
        ),
        migrations.AddField(
            model_name="mailgate",
            name="slowed_at",
            field=models.DateTimeField(
                blank=True, help_text="from then on the pace rises again", null=True, verbose_name="slowed down at"
            ),
        ),
    ]
