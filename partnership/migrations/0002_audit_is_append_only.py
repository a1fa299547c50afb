"""PostgreSQL itself refuses to change or remove an audit event. SQLite has no such guard here: the seals show what was done."""

from django.db import migrations

GUARD = """
CREATE FUNCTION partnership_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER partnership_audit_is_append_only BEFORE UPDATE OR DELETE ON partnership_auditevent
    FOR EACH ROW EXECUTE FUNCTION partnership_audit_is_append_only();
"""
NO_GUARD = """
DROP TRIGGER partnership_audit_is_append_only ON partnership_auditevent;
DROP FUNCTION partnership_audit_is_append_only();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD)


def lift(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_GUARD)


class Migration(migrations.Migration):
    dependencies = [("partnership", "0001_initial")]

    operations = [migrations.RunPython(guard, lift)]
