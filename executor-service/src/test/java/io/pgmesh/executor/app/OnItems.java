package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A session on servers that all have the tables items and items_102008, empty before each test. */
abstract class OnItems {
  static final int WORKERS = 3;

  static TestMesh mesh;
  TestSession session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder, WORKERS);
    for (int group = 0; group <= WORKERS; group++) {
      mesh.sql(group, "CREATE TABLE items_102008 (id int PRIMARY KEY, name text)");
      mesh.sql(group, "CREATE TABLE items (id int PRIMARY KEY, name text)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @BeforeEach
  void open() throws Exception {
    for (int group = 0; group <= WORKERS; group++) {
      mesh.sql(group, "TRUNCATE items, items_102008");
    }
    session = mesh.session();
  }

  @AfterEach
  void close() {
    session.close();
  }

  /** A read of both workers. */
  Plan scatter(String sql) {
    return new Plan.Scatter(
        List.of(session.task(1, sql), session.task(2, sql)), new Gather.Concat(), false);
  }

  static void waitFor(int group, String query, String value) throws Exception {
    String seen = mesh.value(group, query);
    for (int tries = 0; tries < 100 && !value.equals(seen); tries++) {
      Thread.sleep(50);
      seen = mesh.value(group, query);
    }
    assertThat(seen).isEqualTo(value);
  }
}
