package io.pgmesh.services.demo;

import java.time.LocalDateTime;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of an ads business in COPY's text format, the same ones every time. */
final class AdsRows {
  static final int COMPANIES = 20;
  static final int CAMPAIGNS = 100;
  static final int ADS = 500;
  static final int CLICKS = 5_000;
  static final int IMPRESSIONS = 10_000;

  private static final int SEED = 6432;
  private static final int CENTS_MAX = 250;
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(2026, 1, 1, 0, 0);
  private static final int MINUTES = 90 * 24 * 60;
  private static final String[] COUNTRIES = {"br", "de", "in", "jp", "ke", "us"};
  private static final String[] SITES = {"news", "weather", "recipes", "sports", "maps"};
  private static final String[] MODELS = {"cost_per_click", "cost_per_impression"};
  private static final String[] STATES = {"running", "running", "paused", "archived"};

  private AdsRows() {}

  static String countries() {
    return """
        br\tBrazil\tSouth America
        de\tGermany\tEurope
        in\tIndia\tAsia
        jp\tJapan\tAsia
        ke\tKenya\tAfrica
        us\tUnited States\tNorth America
        """;
  }

  static String companies() {
    return rows(
        COMPANIES,
        id -> {
          var random = random("companies", id);
          return row(id, "Company " + id, pick(COUNTRIES, random), time(random));
        });
  }

  static String campaigns() {
    return rows(
        CAMPAIGNS,
        id -> {
          var random = random("campaigns", id);
          return row(
              id,
              ofCampaign(id),
              "Campaign " + id,
              pick(MODELS, random),
              pick(STATES, random),
              1_000 * random.nextInt(1, 50));
        });
  }

  static String ads() {
    return rows(ADS, id -> row(id, ofAd(id), campaignOfAd(id), "Ad " + id));
  }

  static String clicks() {
    return rows(CLICKS, id -> event(id, "clicks"));
  }

  static String impressions() {
    return rows(IMPRESSIONS, id -> event(id, "impressions"));
  }

  private static String event(int id, String table) {
    var random = random(table, id);
    int ad = random.nextInt(1, ADS + 1);
    return row(
        id,
        ofAd(ad),
        ad,
        time(random),
        pick(SITES, random) + ".example",
        pick(COUNTRIES, random),
        "0." + "%03d".formatted(random.nextInt(1, CENTS_MAX)));
  }

  private static int ofCampaign(int campaign) {
    return 1 + campaign % COMPANIES;
  }

  private static int campaignOfAd(int ad) {
    return 1 + ad % CAMPAIGNS;
  }

  private static int ofAd(int ad) {
    return ofCampaign(campaignOfAd(ad));
  }

  private static LocalDateTime time(SplittableRandom random) {
    return FIRST_DAY.plusMinutes(random.nextInt(MINUTES));
  }

  private static String pick(String[] choice, SplittableRandom random) {
    return choice[random.nextInt(choice.length)];
  }

  private static SplittableRandom random(String table, int id) {
    return new SplittableRandom(31L * (SEED + table.hashCode()) + id);
  }

  private static String rows(int count, IntFunction<String> row) {
    return IntStream.rangeClosed(1, count).mapToObj(row).collect(Collectors.joining());
  }

  private static String row(Object... values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> values[i].toString())
        .collect(Collectors.joining("\t", "", "\n"));
  }
}
