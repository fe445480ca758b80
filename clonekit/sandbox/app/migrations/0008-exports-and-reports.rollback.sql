drop materialized view monthly_spend;
drop view legal_entity_overview;
drop view open_invoice;
drop table export_item;
drop table export_run;
drop table export_profile;
drop sequence legal_entity_export_number_seq;
