package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextArrayTest {

  @Test
  void elements_come_back_as_they_were() {
    assertThat(TextArray.parse("{}")).isEmpty();
    assertThat(TextArray.parse("{127.0.0.1:5432,h:1}")).containsExactly("127.0.0.1:5432", "h:1");
    assertThat(TextArray.parse("{\"a,b\",\"\",\"q\\\"\\\\ {}\",\"NULL\",plain text}"))
        .containsExactly("a,b", "", "q\"\\ {}", "NULL", "plain text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{a",
        "{a,}",
        "{,a}",
        "{\"a}",
        "{\"a\"b}",
        "{NULL}",
        "{{a}}",
        "{\"a\\\"}"
      })
  void what_is_no_array_of_texts_is_refused(String text) {
    assertThatThrownBy(() -> TextArray.parse(text))
        .hasMessageStartingWith("malformed array literal");
  }
}
