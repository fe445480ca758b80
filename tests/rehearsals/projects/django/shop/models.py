"""The tables as the last migration leaves them."""

from django.db import models


class Client(models.Model):
    name = models.TextField()
    email = models.TextField()
    country = models.CharField(max_length=2)


class Invoice(models.Model):
    customer = models.ForeignKey(Client, models.PROTECT)
    due = models.DateField()
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)


class Line(models.Model):
    invoice = models.ForeignKey(Invoice, models.PROTECT)
    text = models.TextField()


class Document(models.Model):
    invoice = models.ForeignKey(Invoice, models.PROTECT)
    body = models.JSONField()
