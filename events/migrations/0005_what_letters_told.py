from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_letters_by_rule")]

    operations = [
        migrations.AddField(
            model_name="eventmailing",
            name="told",
            field=models.JSONField(
                blank=True, default=dict, editable=False, help_text="the facts that it printed, kept when it was started"
            ),
        )
    ]
