package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What users' code leaves in its session is that client's, and nobody else's ever. */
@ExtendWith(WithMesh.class)
class LeftInFunctionsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int LATER_SESSIONS = 6;

  private static final String MAKE_ON_WORKER =
      "PERFORM set_config('left.there', 'seen', false); PERFORM pg_advisory_lock(734514);"
          + " CREATE TEMP TABLE left_w (a int)";
  private static final String SEEN_ON_WORKER =
      "coalesce(current_setting('left.there', true), '') || ','"
          + " || coalesce(to_regclass('pg_temp.left_w')::text, '') || ','"
          + " || (SELECT count(*) FROM pg_locks WHERE objid = 734514)";

  /** What stays in a session: PL/pgSQL that makes it, and a statement that answers with "seen". */
  enum Kind {
    TEMPORARY_TABLE("CREATE TEMP TABLE left_t AS SELECT 'seen'::text AS a", "SELECT a FROM left_t"),
    LOCK(
        "PERFORM pg_advisory_lock(734513)",
        "SELECT 'seen' FROM pg_locks WHERE locktype = 'advisory' AND objid = 734513"
            + " AND pid = pg_backend_pid()"),
    CUSTOM_SETTING(
        "PERFORM set_config('left.behind', 'seen', false)",
        "SELECT current_setting('left.behind', true)"),
    SETTING(
        "SET work_mem = '7777kB'", "SELECT replace(current_setting('work_mem'), '7777kB', 'seen')"),
    CHANNEL("EXECUTE 'LISTEN seen'", "SELECT c FROM pg_listening_channels() c"),
    PREPARED("EXECUTE 'PREPARE left_p AS SELECT ''seen'''", "EXECUTE left_p"),
    CURSOR(
        "EXECUTE 'DECLARE left_c CURSOR WITH HOLD FOR SELECT ''seen'' FROM generate_series(1, 999)'",
        "FETCH 1 FROM left_c");

    final String make;
    final String see;

    Kind(String make, String see) {
      this.make = make;
      this.see = see;
    }
  }

  /** Ways to run PL/pgSQL that do not show what it does. */
  enum Way {
    FUNCTION(
        "CREATE FUNCTION left_f() RETURNS int LANGUAGE plpgsql AS $$BEGIN %s; RETURN 1; END$$",
        "SELECT left_f()"),
    PROCEDURE("CREATE PROCEDURE left_f() LANGUAGE plpgsql AS $$BEGIN %s; END$$", "CALL left_f()"),
    VIEW(
        "CREATE FUNCTION left_f() RETURNS int LANGUAGE plpgsql AS $$BEGIN %s; RETURN 1; END$$;"
            + "CREATE VIEW left_v AS SELECT left_f() AS a",
        "SELECT a FROM left_v"),
    TRIGGER(
        "CREATE FUNCTION left_f() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$BEGIN %s; RETURN NEW; END$$;"
            + "CREATE TABLE left_local (a int);"
            + "CREATE TRIGGER left_tr BEFORE INSERT ON left_local FOR EACH ROW"
            + " EXECUTE FUNCTION left_f()",
        "INSERT INTO left_local VALUES (1)"),
    MESSAGE(
        "CREATE FUNCTION left_f() RETURNS int LANGUAGE plpgsql AS $$BEGIN %s; RETURN 1; END$$",
        "SELECT left_f(); SELECT 1");

    final String setup;
    final String run;

    Way(String setup, String run) {
      this.setup = setup;
      this.run = run;
    }
  }

  static Stream<Arguments> all() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(Way.values()).map(way -> Arguments.of(kind, way)));
  }

  @ParameterizedTest
  @MethodSource("all")
  void what_users_code_leaves_is_its_clients(Kind kind, Way way, Endpoint mesh) {
    try (WireClient owner = WireClient.connect(mesh, LIMIT)) {
      for (String sql : way.setup.formatted(kind.make).split("(?<=[$)a]);(?=CREATE)")) {
        succeed(owner, sql);
      }
      try {
        stays(kind, way.run, mesh);
        survivesItsTransaction(kind, way.run, mesh);
        goesWithDiscard(kind, way.run, mesh);
      } finally {
        owner.simple("DROP VIEW IF EXISTS left_v");
        owner.simple("DROP TABLE IF EXISTS left_local");
        succeed(owner, "DROP ROUTINE left_f");
      }
    }
  }

  /** A change of one shard's row runs its functions on the worker. */
  @Test
  void what_users_code_leaves_on_workers_is_nobody_elses(Endpoint mesh) {
    try (WireClient owner = WireClient.connect(mesh, LIMIT)) {
      succeed(owner, "CREATE TABLE left_d (k int PRIMARY KEY, v text)");
      succeed(owner, "SELECT create_distributed_table('left_d', 'k')");
      succeed(owner, "INSERT INTO left_d VALUES (1, '')");
      succeed(owner, function("left_make(v text)", MAKE_ON_WORKER));
      succeed(owner, function("left_seen(v text)", "RETURN " + SEEN_ON_WORKER + "; v := ''"));
      succeed(owner, "UPDATE left_d SET v = left_make(v) WHERE k = 1");
      succeed(owner, "BEGIN");
      succeed(owner, "UPDATE left_d SET v = left_seen(v) WHERE k = 1");
      String own = owner.simple("SELECT v FROM left_d WHERE k = 1; COMMIT").toString();
      assertThat(own).as("settings are the session's everywhere").contains("[[seen,,0]]");
      for (int i = 0; i < LATER_SESSIONS; i++) {
        try (WireClient later = WireClient.connect(mesh, LIMIT)) {
          succeed(later, "UPDATE left_d SET v = left_seen(v) WHERE k = 1");
          assertThat(later.simple("SELECT v FROM left_d WHERE k = 1").toString())
              .contains("[[,,0]]");
        }
      }
      succeed(owner, "DROP TABLE left_d");
      succeed(owner, "DROP FUNCTION left_make, left_seen");
    }
  }

  private static String function(String name, String body) {
    return "CREATE FUNCTION %s RETURNS text LANGUAGE plpgsql AS $$BEGIN %s; RETURN v; END$$"
        .formatted(name, body);
  }

  private static void stays(Kind kind, String run, Endpoint mesh) {
    try (WireClient client = WireClient.connect(mesh, LIMIT)) {
      succeed(client, run);
      for (int i = 0; i < 3; i++) {
        assertThat(sees(client, kind)).as("its own client sees it").isTrue();
      }
      nobodySees(kind, mesh);
      client.ask("SELECT 1");
    }
    nobodySees(kind, mesh);
    isFreed(mesh);
  }

  private static void survivesItsTransaction(Kind kind, String run, Endpoint mesh) {
    try (WireClient client = WireClient.connect(mesh, LIMIT)) {
      succeed(client, "BEGIN");
      succeed(client, run);
      assertThat(sees(client, kind)).isEqualTo(kind != Kind.CHANNEL); // LISTEN waits for COMMIT
      succeed(client, "COMMIT");
      assertThat(sees(client, kind)).as("behind COMMIT").isTrue();
      nobodySees(kind, mesh);
    }
    nobodySees(kind, mesh);
    isFreed(mesh);
  }

  private static void goesWithDiscard(Kind kind, String run, Endpoint mesh) {
    try (WireClient client = WireClient.connect(mesh, LIMIT)) {
      succeed(client, run);
      assertThat(sees(client, kind)).isTrue();
      succeed(client, "DISCARD ALL");
      assertThat(sees(client, kind)).as("behind DISCARD ALL").isFalse();
      nobodySees(kind, mesh);
      isFreed(mesh);
      succeed(client, run);
      assertThat(sees(client, kind)).as("made again").isTrue();
    }
    nobodySees(kind, mesh);
    isFreed(mesh);
  }

  private static void nobodySees(Kind kind, Endpoint mesh) {
    for (int i = 0; i < LATER_SESSIONS; i++) {
      try (WireClient later = WireClient.connect(mesh, LIMIT)) {
        assertThat(sees(later, kind)).as("another client sees it").isFalse();
      }
    }
  }

  private static void isFreed(Endpoint mesh) {
    try (WireClient client = WireClient.connect(mesh, LIMIT)) {
      Await.until(
          "the lock is free",
          LIMIT,
          () ->
              client
                  .simple("SELECT 'held' FROM pg_locks WHERE objid = 734513")
                  .toString()
                  .contains("values=[], "));
    }
  }

  private static boolean sees(WireClient client, Kind kind) {
    return client.simple(kind.see).toString().contains("[[seen]]");
  }

  private static void succeed(WireClient client, String sql) {
    assertThat(client.simple(sql).failure()).as(sql).isNull();
  }
}
