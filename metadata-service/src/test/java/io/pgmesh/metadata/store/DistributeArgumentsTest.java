package io.pgmesh.metadata.store;

import static io.pgmesh.metadata.store.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments that create_distributed_table and create_reference_table cannot work with. */
class DistributeArgumentsTest {
  private static final String TABLES =
      """
      CREATE TABLE t (id int PRIMARY KEY, v int, g int GENERATED ALWAYS AS (id + 1) STORED, j json, name text);
      CREATE TABLE plain (id int);
      CREATE TABLE two_keys (id int, k int UNIQUE);
      CREATE TABLE null_key (id int); INSERT INTO null_key VALUES (NULL);
      CREATE TABLE done (id int);
      CREATE TABLE everywhere (id int);
      CREATE TABLE triggered (id int);
      CREATE TABLE sampled (id int);
      CREATE VIEW some_of_it AS SELECT id FROM sampled TABLESAMPLE bernoulli (10);
      CREATE TABLE locked (id int);
      CREATE VIEW rows_of_it AS SELECT id FROM locked;
      CREATE VIEW rows_of_that AS SELECT id FROM rows_of_it FOR UPDATE NOWAIT;
      CREATE VIEW rows_after_all AS SELECT id FROM rows_of_that;
      CREATE TABLE unmixed (id int);
      CREATE VIEW no_children AS SELECT p.id FROM plain p JOIN ONLY unmixed USING (id);
      CREATE TRIGGER t BEFORE UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
      CREATE TYPE with_rows AS (a int, b plain[]);
      CREATE DOMAIN rows_inside AS with_rows;
      CREATE TABLE of_rows (id int, v rows_inside);
      CREATE TABLE of_replicas (id int, v everywhere[]);
      CREATE VIEW a_view AS SELECT 1 AS id;
      CREATE MATERIALIZED VIEW a_matview AS SELECT 1 AS id;
      CREATE SEQUENCE a_sequence;
      CREATE TEMP TABLE temporary (id int);
      CREATE TABLE parted (id int) PARTITION BY HASH (id);
      CREATE TABLE part PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      CREATE FOREIGN TABLE far (id int) SERVER pgmesh OPTIONS (table_name 'x');
      CREATE ROLE distribute_stranger;
      SELECT create_distributed_table('done', 'id', shard_count => 2);
      SELECT create_reference_table('everywhere');
      """;

  private static TestServers servers;
  private static Connection mesh;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    servers = TestServers.start(folder);
    mesh = servers.meshDatabase("mesh");
    for (String statement : TABLES.split(";\n")) {
      run(mesh, statement);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static void assertRefused(String sql, String state, String message) throws SQLException {
    String before = catalog();
    SQLException refusal = catchThrowableOfType(SQLException.class, () -> run(mesh, sql));
    assertThat(refusal == null).as("refused: " + sql).isFalse();
    assertThat(refusal.getMessage()).contains(message);
    assertThat(refusal.getSQLState()).as(refusal.getMessage()).isEqualTo(state);
    assertThat(catalog()).isEqualTo(before);
  }

  private static String catalog() throws SQLException {
    return run(
            mesh,
            "SELECT (SELECT string_agg(logicalrelid::text, ' ' ORDER BY 1) FROM pg_dist_partition),"
                + " (SELECT count(*) FROM pg_dist_shard), (SELECT count(*) FROM pg_dist_colocation)")
        .getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "create_distributed_table | 'nope', 'id'                                | 42P01 | relation \"nope\" does not exist",
        "create_distributed_table | 't', 'nope'                                 | 42703 | column \"nope\" of relation \"t\" does not exist",
        "create_distributed_table | 't', 'ID'                                   | 42703 | column \"ID\" of relation \"t\" does not exist",
        "create_distributed_table | 't', ''                                     | 42703 | column \"\" of relation \"t\" does not exist",
        "create_distributed_table | 't', 'ctid'                                 | 42703 | column \"ctid\" of relation \"t\" does not exist",
        "create_distributed_table | 't', 'v'                                    | 0A000 | cannot create constraint on \"t\"",
        "create_distributed_table | 't', 'g'                                    | 0A000 | cannot distribute relation: t",
        "create_distributed_table | 't', 'j'                                    | 42883 | could not identify a hash function for type json",
        "create_distributed_table | NULL, 'id'                                  | 22004 | must not be null",
        "create_distributed_table | 't', 'id', NULL                             | 22004 | must not be null",
        "create_distributed_table | 't', 'id', 'hash', NULL                     | 22004 | must not be null",
        "create_distributed_table | 't', 'id', 'range'                          | 0A000 | distribution by range is not supported",
        "create_distributed_table | 't', 'id', 'append'                         | 0A000 | distribution by append is not supported",
        "create_distributed_table | 't', 'id', 'list'                           | 22P02 | invalid input value for enum",
        "create_distributed_table | 't', 'id', shard_count => 0                 | 22023 | 0 is outside the valid range for parameter \"shard_count\" (1 .. 64000)",
        "create_distributed_table | 't', 'id', shard_count => -1                | 22023 | -1 is outside the valid range",
        "create_distributed_table | 't', 'id', shard_count => 64001             | 22023 | 64001 is outside the valid range",
        "create_distributed_table | 't', NULL, shard_count => 4                 | 22023 | shard_count cannot be given",
        "create_distributed_table | 't', 'id', colocate_with => 'nope'          | 42P01 | relation \"nope\" does not exist",
        "create_distributed_table | 't', 'id', colocate_with => 'plain'         | 42P16 | relation plain is not distributed",
        "create_distributed_table | 't', 'id', colocate_with => 'everywhere'    | 42P16 | cannot colocate tables everywhere and t",
        "create_distributed_table | 't', 'id', colocate_with => 'done', shard_count => 2 | 22023 | Cannot use colocate_with with a table and shard_count",
        "create_distributed_table | 't', 'id', shards => 4                      | 42883 | does not exist",
        "create_distributed_table | 'done', 'id'                                | 42P16 | table \"done\" is already distributed",
        "create_distributed_table | 'everywhere', 'id'                          | 42P16 | table \"everywhere\" is already distributed",
        "create_distributed_table | 'a_view', 'id'                              | 42809 | a_view is not a regular, foreign or partitioned table",
        "create_distributed_table | 'a_matview', 'id'                           | 42809 | a_matview is not a regular",
        "create_distributed_table | 'a_sequence', 'id'                          | 42809 | a_sequence is not a regular",
        "create_distributed_table | 'temporary', 'id'                           | 0A000 | cannot distribute a temporary table",
        "create_distributed_table | 'parted', 'id'                              | 0A000 | cannot distribute \"parted\" because it is partitioned",
        "create_distributed_table | 'part', 'id'                                | 0A000 | cannot distribute \"part\" because it is partitioned",
        "create_distributed_table | 'far', 'id'                                 | 0A000 | cannot distribute \"far\" because it is a foreign table",
        "create_distributed_table | 'sampled', 'id'                             | 0A000 | cannot distribute \"sampled\" because the view public.some_of_it asks",
        "create_distributed_table | 'locked', 'id'                              | 0A000 | cannot distribute \"locked\" because the view public.rows_of_that asks",
        "create_distributed_table | 'unmixed', 'id'                             | 0A000 | cannot distribute \"unmixed\" because the view public.no_children asks",
        "create_distributed_table | 'of_rows', 'id'                             | 0A000 | cannot distribute \"of_rows\" because it has a column of the row type of public.plain",
        "create_reference_table   | 'of_rows'                                   | 0A000 | cannot distribute \"of_rows\" because it has a column of the row type of public.plain",
        "create_distributed_table | 'triggered', 'id'                           | 0A000 | cannot distribute \"triggered\" because it has triggers",
        "create_distributed_table | 'two_keys', 'id'                            | 0A000 | cannot create constraint on \"two_keys\"",
        "create_distributed_table | 'null_key', 'id'                            | 22004 | the partition column of table public.null_key cannot be NULL",
        "create_distributed_table | 'pg_class', 'oid'                           | 0A000 | cannot distribute system table \"pg_class\"",
        "create_distributed_table | 'pg_dist_node', 'nodeid'                    | 0A000 | cannot distribute system table \"pg_dist_node\"",
        "create_reference_table   | 'nope'                                  | 42P01 | relation \"nope\" does not exist",
        "create_reference_table   | NULL                                    | 22004 | must not be null",
        "create_reference_table   | 'plain', propagation => NULL            | 22004 | must not be null",
        "create_reference_table   | 'plain', propagation => 'mail'          | 22023 | unknown propagation 'mail'",
        "create_reference_table   | 'done'                                  | 42P16 | table \"done\" is already distributed",
        "create_reference_table   | 'everywhere'                            | 42P16 | table \"everywhere\" is already distributed",
        "create_reference_table   | 'a_view'                                | 42809 | a_view is not a regular",
        "create_reference_table   | 'temporary'                             | 0A000 | cannot distribute a temporary table",
        "create_reference_table   | 'parted'                                | 0A000 | cannot distribute \"parted\" because it is partitioned",
        "create_reference_table   | 'far'                                   | 0A000 | cannot distribute \"far\" because it is a foreign table",
        "create_reference_table   | 'triggered'                             | 0A000 | cannot distribute \"triggered\" because it has triggers"
      })
  void arguments(String function, String arguments, String state, String message)
      throws SQLException {
    assertRefused("SELECT " + function + "(" + arguments + ")", state, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shard_replication_factor | 2     | 0A000 | a shard replication factor of 2 is not supported",
        "shard_replication_factor | 0     | 22023 | 0 is outside the valid range",
        "shard_replication_factor | many  | 22023 | invalid value for parameter",
        "shard_count              | 0     | 22023 | 0 is outside the valid range",
        "shard_count              | 64001 | 22023 | 64001 is outside the valid range",
        "shard_count              | x     | 22023 | invalid value for parameter"
      })
  void settings(String name, String value, String state, String message) throws SQLException {
    run(mesh, "SET citus." + name + " = '" + value + "'");
    try {
      assertRefused("SELECT create_distributed_table('plain', 'id')", state, message);
    } finally {
      run(mesh, "RESET citus." + name);
    }
  }

  @Test
  void only_its_owner_distributes_a_table() throws SQLException {
    run(mesh, "SET ROLE distribute_stranger");
    try {
      assertRefused(
          "SELECT create_distributed_table('plain', 'id')",
          "42501",
          "must be owner of table plain");
      assertRefused(
          "SELECT create_reference_table('plain')", "42501", "must be owner of table plain");
    } finally {
      run(mesh, "RESET ROLE");
    }
  }

  @Test
  void every_argument_that_works_is_heeded() throws SQLException {
    run(mesh, "CREATE TABLE \"My table\" (\"Key\" int, v int)");
    run(mesh, "CREATE TABLE mate (id int)");
    run(mesh, "CREATE TABLE alone (id int PRIMARY KEY)");
    run(mesh, "SELECT create_distributed_table('\"My table\"', 'Key', 'hash', 'none', 5)");
    run(mesh, "SELECT create_distributed_table('mate', 'id', colocate_with => '\"My table\"')");
    run(mesh, "SELECT create_distributed_table('alone', NULL, shard_count => 1)");
    assertThat(
            run(
                mesh,
                "SELECT logicalrelid, count(*) FROM pg_dist_shard WHERE logicalrelid::text"
                    + " IN ('\"My table\"', 'mate', 'alone') GROUP BY 1"))
        .containsExactlyInAnyOrder("alone|1", "mate|5", "\"My table\"|5");
    assertThat(
            run(
                mesh,
                "SELECT count(DISTINCT colocationid) FROM pg_dist_partition"
                    + " WHERE logicalrelid::text IN ('\"My table\"', 'mate')"))
        .containsExactly("1");
  }
}
