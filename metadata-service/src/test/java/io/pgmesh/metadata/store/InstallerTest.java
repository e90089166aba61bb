package io.pgmesh.metadata.store;

import static io.pgmesh.metadata.store.TestServers.await;
import static io.pgmesh.metadata.store.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerTest {
  private static TestServers servers;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    servers = TestServers.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static void database(String name, String owner) throws Exception {
    try (var admin = servers.connect(servers.coordinator(), "postgres", "postgres")) {
      run(admin, "CREATE DATABASE " + name + " OWNER " + owner);
    }
  }

  @Test
  void a_superuser_installs_where_no_search_path_is_needed() throws Exception {
    database("by_superuser", "postgres");
    await(new Installer(servers.pool("by_superuser", "postgres")).install(servers.loopback()));
    try (var connection = servers.connect(servers.coordinator(), "by_superuser", "postgres")) {
      run(connection, "SET search_path = ''");
      assertThat(run(connection, "SELECT count(*) FROM pg_dist_shard")).containsExactly("0");
      assertThat(run(connection, "SELECT * FROM citus_tables")).isEmpty();
      assertThat(run(connection, "SELECT 'primary'::noderole")).containsExactly("primary");
    }
  }

  @Test
  void installing_again_changes_nothing_but_the_endpoint() throws Exception {
    database("again", "postgres");
    var installer = new Installer(servers.pool("again", "postgres"));
    await(installer.install(new Loopback(new Address("127.0.0.1", 6432), "one")));
    try (var connection = servers.connect(servers.coordinator(), "again", "postgres")) {
      List<String> before = run(connection, "SELECT version, installed_at FROM pgmesh.installed");
      await(installer.install(new Loopback(new Address("127.0.0.1", 6433), "two")));
      assertThat(run(connection, "SELECT version, installed_at FROM pgmesh.installed"))
          .isEqualTo(before);
      assertThat(run(connection, "SELECT srvoptions::text FROM pg_foreign_server").getFirst())
          .contains("port=6433")
          .doesNotContain("6432");
    }
  }

  @Test
  void every_file_may_run_again() throws Exception {
    database("rerun", "postgres");
    var installer = new Installer(servers.pool("rerun", "postgres"));
    await(installer.install(servers.loopback()));
    try (var connection = servers.connect(servers.coordinator(), "rerun", "postgres")) {
      run(connection, "UPDATE pgmesh.installed SET version = 'older'");
      await(installer.install(servers.loopback()));
      assertThat(run(connection, "SELECT version = 'older' FROM pgmesh.installed"))
          .containsExactly("f");
    }
  }

  @Test
  void event_triggers_of_an_earlier_version_get_the_commands_of_this_one() throws Exception {
    database("triggers", "postgres");
    var installer = new Installer(servers.pool("triggers", "postgres"));
    await(installer.install(servers.loopback()));
    try (var connection = servers.connect(servers.coordinator(), "triggers", "postgres")) {
      String all = "SELECT evtname, evtevent, evtfoid, evttags FROM pg_event_trigger ORDER BY 1";
      String others = "SELECT oid FROM pg_event_trigger WHERE evtname <> 'pgmesh_after_object'";
      List<String> triggers = run(connection, all);
      List<String> kept = run(connection, others);
      run(connection, "DROP EVENT TRIGGER pgmesh_after_object");
      run(
          connection,
          "CREATE EVENT TRIGGER pgmesh_after_object ON ddl_command_end"
              + " WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION pgmesh.after_object()");
      run(connection, "UPDATE pgmesh.installed SET version = 'older'");

      await(installer.install(servers.loopback()));

      assertThat(run(connection, all)).hasSize(6).isEqualTo(triggers);
      assertThat(run(connection, others)).isEqualTo(kept);
    }
  }

  @Test
  void several_services_install_at_once() throws Exception {
    database("at_once", "postgres");
    var pool = servers.pool("at_once", "postgres");
    await(
        Future.all(
            new Installer(pool).install(servers.loopback()),
            new Installer(pool).install(servers.loopback())));
  }

  @Test
  void a_role_without_superuser_rights_installs_into_citus() throws Exception {
    try (var admin = servers.connect(servers.coordinator(), "postgres", "postgres")) {
      run(admin, "CREATE ROLE mesh_owner LOGIN");
    }
    database("managed", "mesh_owner");
    try (var admin = servers.connect(servers.coordinator(), "managed", "postgres")) {
      run(admin, "CREATE EXTENSION postgres_fdw");
      run(admin, "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO mesh_owner");
    }
    var pool = servers.pool("managed", "mesh_owner");
    await(new Installer(pool).install(servers.loopback()));
    try (var connection = servers.connect(servers.coordinator(), "managed", "mesh_owner")) {
      assertThat(run(connection, "SELECT count(*) FROM pg_dist_shard")).containsExactly("0");
      assertThat(run(connection, "SELECT citus_is_coordinator()")).containsExactly("t");
      assertThat(run(connection, "SELECT pgmesh.catalog_schema()")).containsExactly("citus");
    }
    assertThat(await(new CatalogStore(pool).load()).tables()).isEmpty();
  }

  @Test
  void the_snapshot_of_an_empty_catalog_decodes() throws Exception {
    database("empty", "postgres");
    var pool = servers.pool("empty", "postgres");
    await(new Installer(pool).install(servers.loopback()));
    var store = new CatalogStore(pool);
    assertThat(await(store.load())).isEqualTo(CatalogSnapshot.EMPTY);
    assertThat(await(store.refresh()).epoch()).isEqualTo(1);
    assertThat(await(store.refresh()).epoch()).isEqualTo(2);
  }
}
