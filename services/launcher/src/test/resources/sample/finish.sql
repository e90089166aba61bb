INSERT INTO local_notes (company_id, note)
SELECT id % 10, 'note ' || id FROM generate_series(1, 25) id;
SELECT setval('companies_id_seq', 1000);
SELECT setval('campaigns_id_seq', 1000);
SELECT setval('ads_id_seq', 1000);
SELECT setval('clicks_id_seq', 100000);
SELECT setval('impressions_id_seq', 100000);
ANALYZE local_notes;
