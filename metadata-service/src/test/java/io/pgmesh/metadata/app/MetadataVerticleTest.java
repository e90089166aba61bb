package io.pgmesh.metadata.app;

import static io.pgmesh.metadata.store.TestServers.await;
import static io.pgmesh.metadata.store.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import io.pgmesh.metadata.store.TestServers;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataVerticleTest {
  private static TestServers servers;
  private static Vertx vertx;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    servers = TestServers.start(folder);
    vertx = servers.vertx();
    BusCodecs.register(vertx);
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static MetadataVerticle verticle() {
    return new MetadataVerticle(
        new MetadataConfig(
            new MetadataConfig.Coordinator(servers.coordinator(), "postgres", "postgres", ""),
            new Loopback(new Address("127.0.0.1", 6432), "unused"),
            Optional.empty(),
            50));
  }

  private static CatalogSnapshot catalog() throws Exception {
    return await(MetadataApi.CATALOG.ask(vertx, new MetadataApi.GetCatalog()));
  }

  @Test
  void one_service_is_active_and_another_takes_over() throws Exception {
    String first = await(vertx.deployVerticle(verticle()));
    String second = await(vertx.deployVerticle(verticle()));
    long epoch = catalog().epoch();
    assertThat(epoch).isPositive();
    assertThat(await(MetadataApi.REFRESH.ask(vertx, new MetadataApi.Refresh())).epoch())
        .isGreaterThan(epoch);

    await(vertx.undeploy(first));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!answers()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
    assertThat(catalog().epoch()).isGreaterThan(epoch + 1);
    changes_behind_its_back_are_published();
    await(vertx.undeploy(second));
  }

  private static boolean answers() {
    try {
      catalog();
      return true;
    } catch (Exception nobodyYet) {
      return false;
    }
  }

  private static void changes_behind_its_back_are_published() throws Exception {
    var published = new LinkedBlockingQueue<CatalogSnapshot>();
    vertx
        .eventBus()
        .<CatalogSnapshot>consumer(
            MetadataApi.CATALOG_CHANGED, message -> published.add(message.body()));
    try (var connection =
        DriverManager.getConnection(
            "jdbc:postgresql://" + servers.coordinator() + "/postgres", "postgres", "")) {
      run(connection, "SELECT citus_set_coordinator_host('somewhere', 5432)");
    }
    CatalogSnapshot changed = published.poll(10, TimeUnit.SECONDS);
    assertThat(changed).isNotNull();
    assertThat(changed.nodes().getFirst().host()).isEqualTo("somewhere");
    assertThat(catalog()).isEqualTo(changed);
  }
}
