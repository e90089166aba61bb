package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolePasswordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "password=abc                      | abc",
        "sslcert=a.crt password=abc more=1 | abc",
        "password = 'a b'                  | a b",
        "password='it\\'s' sslkey=k        | it's",
        "password=a\\ b\\\\c               | a b\\c",
        "\"password=''\"                   | \"\"",
      })
  void a_password_is_read_as_libpq_does(String authinfo, String password) {
    assertThat(RolePasswords.parse(authinfo)).contains(password);
  }

  @Test
  void other_words_are_no_password() {
    assertThat(RolePasswords.parse("sslcert=a.crt")).isEmpty();
    assertThat(RolePasswords.parse("oldpassword=a")).isEmpty();
    assertThat(RolePasswords.parse("")).isEmpty();
  }
}
