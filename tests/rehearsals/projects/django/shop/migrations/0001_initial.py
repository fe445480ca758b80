from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Customer",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.TextField()),
                ("email", models.TextField()),
                ("country", models.CharField(max_length=2, null=True)),
            ],
        ),
        migrations.CreateModel(
            "Invoice",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("shop.Customer", models.PROTECT)),
                ("due", models.DateField()),
                ("total", models.DecimalField(max_digits=10, decimal_places=2, null=True)),
            ],
        ),
        migrations.CreateModel(
            "Line",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("invoice", models.ForeignKey("shop.Invoice", models.PROTECT)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            "Document",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("invoice", models.ForeignKey("shop.Invoice", models.PROTECT)),
                ("body", models.JSONField()),
            ],
        ),
    ]
