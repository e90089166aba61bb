package io.pgmesh.router.session;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The newest texts of several statements that PostgreSQL's grammar has accepted. */
final class CheckedTexts {
  private static final int MAX_TEXTS = 32;
  private static final int MAX_TEXT_CHARACTERS = 4096;

  private final Set<String> texts =
      Collections.newSetFromMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MAX_TEXTS;
            }
          });

  boolean has(String text) {
    return texts.contains(text);
  }

  void add(String text) {
    if (text.length() <= MAX_TEXT_CHARACTERS) {
      texts.add(text);
    }
  }
}
