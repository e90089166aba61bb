package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that is not what it is said to be is refused, not stored as something else. */
@ExtendWith(WithMesh.class)
class EncodingTest {
  private WirePair pair;

  @BeforeEach
  void connect(MeshUnderTest servers) {
    pair = WirePair.connect(servers);
    pair.succeed("CREATE TABLE encoded (k text PRIMARY KEY, v text)");
    pair.meshSucceeds("SELECT create_distributed_table('encoded', 'k')");
    pair.succeed("INSERT INTO encoded VALUES ('é', 'ü'), ('e', 'u')");
  }

  @AfterEach
  void disconnect() {
    pair.succeed("RESET client_encoding");
    pair.rollBack();
    pair.succeed("DROP TABLE encoded");
    pair.close();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Flight query(byte[] sql) {
    return new Flight().raw('Q', terminated(sql));
  }

  private static byte[] terminated(byte[] text) {
    return java.util.Arrays.copyOf(text, text.length + 1);
  }

  private static Flight parse(String sql) {
    return new Flight().raw('P', latin1("\0" + sql + "\0\0\0")).bind("", "").execute("", 0).sync();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select '\u00e9', k from encoded",
        "select '\u00e9'",
        "select '\u00c3'",
        "select '\u0080 '",
        "select '\u00c0\u0080'",
        "select '\u00ed\u00a0\u0080'",
        "select '\u00f8\u0088\u0080\u0080\u0080'",
        "select '\u00f4\u0090\u0080\u0080'",
        "insert into encoded values ('\u00f1', '\u00f1')"
      })
  void what_is_not_utf8_is_an_error(String sql) {
    assertThat(pair.answer(query(latin1(sql))).getFirst()).startsWith("E 22021");
    assertThat(pair.answer(parse(sql)).getFirst()).startsWith("E 22021");
    pair.succeed("BEGIN");
    assertThat(pair.answer(query(latin1(sql))).getLast()).isEqualTo("Z E");
    pair.rollBack();
  }

  @Test
  void a_replacement_character_is_one_as_any_other() {
    assertThat(pair.answer(new Flight().query("SELECT '\uFFFD', length('\uFFFD')")))
        .contains("D [0xefbfbd, 1]");
  }

  @Test
  void a_message_that_cannot_be_read_does_not_end_the_connection() {
    pair.answer(new Flight().raw('Q', latin1("select 1")));
    pair.answer(new Flight().raw('Q', terminated(latin1("select 1\0select 2"))));
    pair.answer(new Flight().parse("", "SELECT 1").raw('B', latin1("\0\0\0\1")).sync());
    pair.answer(new Flight().raw('D', latin1("Xa\0")).sync());
    pair.answer(new Flight().raw('E', latin1("a")).sync());
    pair.answer(new Flight().raw('S', latin1("x")));
    pair.answer(new Flight().raw('D', latin1("Xa\0")).raw('S', latin1("x")));
    pair.answer(new Flight().query("SELECT 1"));
  }

  @Test
  void other_encodings_are_read_as_far_as_they_are_ascii() {
    pair.succeed("SET client_encoding = 'LATIN1'");
    pair.answer(new Flight().query("SELECT k, v FROM encoded WHERE k = 'e'"));
    pair.answer(new Flight().query("SELECT k, v FROM encoded ORDER BY v"));
    pair.answer(new Flight().query("SELECT v FROM encoded WHERE k = U&'\\00e9'"));
    var bound = new Flight().parse("", "SELECT v FROM encoded WHERE k = $1").bind("", "", "e");
    pair.answer(bound.execute("", 0).sync());
    for (Flight flight :
        List.of(
            query(latin1("INSERT INTO encoded VALUES ('ñ', 'ñ')")),
            query(latin1("SELECT 'Ã©'")),
            parse("SELECT 'ñ'"),
            new Flight()
                .parse("", "SELECT v FROM encoded WHERE k = $1")
                .bind("", "", "Ã©")
                .execute("", 0)
                .sync())) {
      assertThat(pair.mesh().answersTo(flight))
          .anySatisfy(answer -> assertThat(answer).startsWith("E 0A000"))
          .last()
          .isEqualTo("Z I");
    }
    assertThat(pair.mesh().simple("COPY encoded FROM STDIN", List.of("ñ\tx")).failure().toString())
        .contains("outside of ASCII");
    pair.succeed("SET client_encoding = 'UTF8'");
    pair.answer(new Flight().query("SELECT k, v FROM encoded ORDER BY v"));
  }
}
