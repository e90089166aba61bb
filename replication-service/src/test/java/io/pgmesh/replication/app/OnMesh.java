package io.pgmesh.replication.app;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A mesh of two workers for all tests of a class, which says its {@link ReferenceWait}. */
abstract class OnMesh {
  static Mesh mesh;

  @BeforeAll
  static void start(@TempDir Path folder, TestInfo test) throws Exception {
    int seconds = test.getTestClass().orElseThrow().getAnnotation(ReferenceWait.class).seconds();
    mesh = Mesh.start(folder, 2, Duration.ofSeconds(seconds));
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.stop();
  }
}
