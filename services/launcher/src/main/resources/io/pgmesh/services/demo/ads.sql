CREATE SCHEMA ads;
SET search_path = ads, public;

CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL, continent text NOT NULL);
SELECT create_reference_table('countries');

CREATE TABLE companies (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  country char(2) NOT NULL,
  created_at timestamp NOT NULL
);
SELECT create_distributed_table('companies', 'id');

CREATE TABLE campaigns (
  id bigint,
  company_id bigint,
  name text NOT NULL,
  cost_model text NOT NULL,
  state text NOT NULL,
  monthly_budget bigint,
  PRIMARY KEY (company_id, id)
);
SELECT create_distributed_table('campaigns', 'company_id', colocate_with => 'companies');

CREATE TABLE ads (
  id bigint,
  company_id bigint,
  campaign_id bigint,
  name text NOT NULL,
  PRIMARY KEY (company_id, id)
);
SELECT create_distributed_table('ads', 'company_id', colocate_with => 'companies');

CREATE TABLE clicks (
  id bigint,
  company_id bigint,
  ad_id bigint,
  clicked_at timestamp NOT NULL,
  site_url text NOT NULL,
  country char(2) NOT NULL,
  cost_usd numeric(20, 10),
  PRIMARY KEY (company_id, id)
);
SELECT create_distributed_table('clicks', 'company_id', colocate_with => 'companies');

CREATE TABLE impressions (
  id bigint,
  company_id bigint,
  ad_id bigint,
  seen_at timestamp NOT NULL,
  site_url text NOT NULL,
  country char(2) NOT NULL,
  cost_usd numeric(20, 10),
  PRIMARY KEY (company_id, id)
);
SELECT create_distributed_table('impressions', 'company_id', colocate_with => 'companies');
