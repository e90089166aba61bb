package io.pgmesh.services.mesh.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.PlainPair;
import io.pgmesh.services.mesh.WithMesh;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The corpus between two databases of one plain server: a difference there is a mistake in a corpus
 * file or in the harness, not in the mesh.
 */
@ExtendWith(WithMesh.class)
class HarnessTest {

  @TestFactory
  Stream<DynamicTest> plain_postgresql_answers_as_itself(PlainPair plain) {
    return CorpusFile.all().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(file.name(), () -> assertThat(run(plain, file)).isEmpty()));
  }

  @Test
  void a_statement_that_answers_otherwise_is_reported(PlainPair plain) {
    var file =
        CorpusFile.parse("x.sql", "select count(*) from nation\n\n\nselect current_database()");
    assertThat(run(plain, file))
        .singleElement()
        .asString()
        .startsWith("x.sql:4 [EXTENDED] rows")
        .contains("plain: only here: [[postgres]]")
        .contains("mesh:  only here: [[other]]");
  }

  private static List<String> run(PlainPair plain, CorpusFile file) {
    var left = Leftovers.since(plain.one());
    var right = Leftovers.since(plain.other());
    try {
      return new CorpusRun(plain.one(), plain.other(), false, Mode.EXTENDED).run(file);
    } finally {
      left.drop();
      right.drop();
    }
  }
}
