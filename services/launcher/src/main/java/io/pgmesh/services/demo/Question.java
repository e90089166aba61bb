package io.pgmesh.services.demo;

import java.util.List;

/**
 * One query of the demo.
 *
 * @param shows what it is here for
 */
record Question(String shows, String sql) {

  static final List<Question> ALL =
      List.of(
          new Question(
              "a local table: the coordinator database alone",
              "SELECT note FROM demo_notes ORDER BY id"),
          new Question(
              "a reference table: whole on every server",
              "SELECT continent, count(*) FROM countries GROUP BY continent ORDER BY continent"),
          new Question(
              "one tenant, one shard: the statement goes whole to one worker",
              """
              SELECT name, cost_model, state, monthly_budget
              FROM campaigns WHERE company_id = 5 ORDER BY monthly_budget DESC LIMIT 3"""),
          new Question(
              "one tenant, a join of three colocated tables",
              """
              SELECT c.name AS campaign, count(*) AS clicks, sum(k.cost_usd) AS cost
              FROM campaigns c
              JOIN ads a ON a.company_id = c.company_id AND a.campaign_id = c.id
              JOIN clicks k ON k.company_id = a.company_id AND k.ad_id = a.id
              WHERE c.company_id = 5
              GROUP BY c.name ORDER BY cost DESC LIMIT 3"""),
          new Question(
              "one tenant, anything PostgreSQL can: a window function",
              """
              SELECT name, rank() OVER (PARTITION BY cost_model ORDER BY monthly_budget DESC) AS place
              FROM campaigns WHERE company_id = 7 ORDER BY place, name LIMIT 4"""),
          new Question(
              "all tenants: each worker counts, the counts are added",
              "SELECT count(*) FROM clicks"),
          new Question(
              "all tenants, grouped by the distribution column: each group is whole on one worker",
              """
              SELECT company_id, count(*) AS clicks
              FROM clicks GROUP BY company_id ORDER BY clicks DESC, company_id LIMIT 3"""),
          new Question(
              "all tenants, grouped by another column: partial averages are combined",
              """
              SELECT site_url, count(*), round(avg(cost_usd), 4) AS average_cost
              FROM impressions GROUP BY site_url ORDER BY site_url"""),
          new Question(
              "all tenants, joined with a reference table beside each shard",
              """
              SELECT r.continent, count(*) AS clicks, sum(k.cost_usd) AS cost
              FROM clicks k JOIN countries r ON r.code = k.country
              GROUP BY r.continent ORDER BY clicks DESC"""),
          new Question(
              "tables that are not colocated on the join: the coordinator database reads the shards",
              """
              SELECT count(*) FROM companies a JOIN companies b
              ON a.country = b.country AND a.id < b.id"""),
          new Question(
              "a subquery over all tenants",
              """
              SELECT name FROM companies
              WHERE id IN (SELECT company_id FROM campaigns GROUP BY company_id
                           HAVING sum(monthly_budget) > 140000)
              ORDER BY name"""),
          new Question(
              "a change of many tenants at once, on several workers in one transaction",
              "UPDATE campaigns SET state = 'archived' WHERE state = 'paused'"),
          new Question(
              "where it all is",
              """
              SELECT table_name, citus_table_type, distribution_column, shard_count
              FROM citus_tables ORDER BY table_name::text"""));
}
