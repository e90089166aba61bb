package io.pgmesh.services.mesh.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pgmesh.services.mesh.MeshUnderTest;
import io.pgmesh.services.mesh.WithMesh;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every statement under {@code resources/corpus} answers alike on plain PostgreSQL and on the mesh.
 */
@ExtendWith(WithMesh.class)
class CorpusTest {

  @TestFactory
  Stream<DynamicContainer> the_mesh_answers_as_postgresql_does(MeshUnderTest servers) {
    return files()
        .map(
            file ->
                DynamicContainer.dynamicContainer(
                    file.name(),
                    Arrays.stream(Mode.values()).map(mode -> test(servers, file, mode))));
  }

  @Test
  void the_corpus_is_large_enough_to_mean_something() {
    assertThat(CorpusFile.all().stream().mapToInt(file -> file.cases().size()).sum())
        .isGreaterThanOrEqualTo(300);
  }

  private static Stream<CorpusFile> files() {
    String only = System.getProperty("corpus", "");
    return CorpusFile.all().stream().filter(file -> file.name().contains(only));
  }

  private static DynamicTest test(MeshUnderTest servers, CorpusFile file, Mode mode) {
    return DynamicTest.dynamicTest(
        mode.name().toLowerCase(Locale.ROOT),
        () -> {
          var plainLeft = Leftovers.since(servers.plain());
          var meshLeft = Leftovers.since(servers.mesh());
          List<String> differences;
          try {
            differences = new CorpusRun(servers.plain(), servers.mesh(), true, mode).run(file);
          } finally {
            plainLeft.drop();
            meshLeft.drop();
          }
          if (!differences.isEmpty()) {
            fail(
                "%d differences in %s%n%s",
                differences.size(), file.name(), String.join("\n", differences));
          }
        });
  }
}
