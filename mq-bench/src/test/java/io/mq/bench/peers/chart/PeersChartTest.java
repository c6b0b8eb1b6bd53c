package io.mq.bench.peers.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PeersChartTest {

    private static final String LINE =
            "{\"workload\": \"%s\", \"broker\": \"%s\", \"durability\": \"%s\", \"unit\": \"messages/s\", \"value\": %s}";

    private final Locale locale = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(locale);
    }

    private static String line(String workload, String broker, double value) {
        return LINE.formatted(workload, broker, "page cache", String.format(Locale.ROOT, "%.3f", value));
    }

    private static List<Element> elements(String svg, String name) throws Exception {
        Document document = DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
        NodeList found = document.getElementsByTagNameNS("http://www.w3.org/2000/svg", name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<Double> widths(String svg, String side) throws Exception {
        return elements(svg, "rect").stream()
                .filter(rect -> rect.getAttribute("class").equals(side))
                .map(rect -> Double.valueOf(rect.getAttribute("width")))
                .toList();
    }

    private static List<String> texts(String svg) throws Exception {
        return elements(svg, "text").stream().map(Element::getTextContent).toList();
    }

    @Test
    void barsAreInProportionWithinAPanel() throws Exception {
        String svg = PeersChart.of(List.of(
                line("publish-100B", "mq", 4_000_000),
                line("publish-100B", "kafka", 1_000_000),
                line("consume-1KiB", "mq", 300),
                line("consume-1KiB", "kafka", 600)));

        List<Double> own = widths(svg, "own");
        List<Double> others = widths(svg, "other");
        assertThat(own.get(0) / others.get(0)).isEqualTo(4, within(0.01));
        assertThat(own.get(1) / others.get(1)).isEqualTo(0.5, within(0.01));
        assertThat(own.get(0)).as("the longest bars of both panels").isEqualTo(others.get(1));
    }

    @Test
    void eachPanelHasATitleAUnitAndANumberForEachBar() throws Exception {
        String svg =
                PeersChart.of(List.of(line("publish-100B", "mq", 3_721_316.4), line("publish-100B", "nats", 52.25)));

        assertThat(texts(svg))
                .containsExactly(
                        "publish-100B",
                        "messages/s, more is better",
                        "mq",
                        "3,721,316",
                        "nats",
                        "52.3",
                        "What an acknowledgement stands for:",
                        "mq: page cache",
                        "nats: page cache");
        assertThat(elements(svg, "title").get(0).getTextContent()).isEqualTo("mq beside nats");
    }

    @Test
    void latencyIsNamedByItsFigureAndLessIsBetter() throws Exception {
        String svg = PeersChart.of(
                List.of(
                        "{\"workload\": \"e2e-1000\", \"broker\": \"mq\", \"durability\": \"fsync\", \"unit\": \"ms\", \"value\": 1.510, \"figure\": \"p99\", \"p50\": 0.430}"));

        assertThat(texts(svg)).startsWith("e2e-1000, p99", "ms, less is better", "mq", "1.51");
    }

    @Test
    void theTitleOfAClusterNamesItsNodes() throws Exception {
        String svg = PeersChart.of(List.of(
                line("publish-100B", "mq", 2).replace("\"durability\"", "\"nodes\": 3, \"durability\""),
                line("publish-100B", "kafka", 1).replace("\"durability\"", "\"nodes\": 3, \"durability\"")));

        assertThat(elements(svg, "title").get(0).getTextContent()).isEqualTo("mq beside kafka; 3 nodes of each");
    }

    @Test
    void panelsAndNotesLieWithinThePicture() throws Exception {
        List<String> lines = Stream.of("publish-100B", "publish-1KiB", "consume-100B")
                .flatMap(workload -> Stream.of(line(workload, "mq", 1), line(workload, "kafka-fsync", 3)))
                .toList();
        String svg = PeersChart.of(lines);

        double width = Double.parseDouble(elements(svg, "svg").get(0).getAttribute("width"));
        double height = Double.parseDouble(elements(svg, "svg").get(0).getAttribute("height"));
        assertThat(elements(svg, "text")).allSatisfy(text -> {
            assertThat(Double.parseDouble(text.getAttribute("x"))).isBetween(0.0, width);
            assertThat(Double.parseDouble(text.getAttribute("y"))).isBetween(0.0, height);
        });
        assertThat(elements(svg, "rect"))
                .allSatisfy(rect -> assertThat(Double.parseDouble(rect.getAttribute("x"))
                                + Double.parseDouble(rect.getAttribute("width")))
                        .isLessThan(width));
    }

    @Test
    void textIsEscaped() throws Exception {
        String svg = PeersChart.of(List.of(LINE.formatted("publish-100B", "a<b>&c", "\\\"quoted\\\" & more", "1")));

        assertThat(texts(svg)).contains("a<b>&c", "a<b>&c: \"quoted\" & more");
    }

    @Test
    void numbersHaveAPointInEveryLocale() throws Exception {
        Locale.setDefault(Locale.GERMANY);

        String svg = PeersChart.of(List.of(line("publish-100B", "mq", 2), line("publish-100B", "kafka", 3)));

        assertThat(texts(svg)).contains("2.00");
        assertThat(widths(svg, "own").get(0) / widths(svg, "other").get(0)).isEqualTo(2 / 3.0, within(0.01));
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNothingRuns() throws IOException {
        String svg = PeersChart.of(List.of(line("publish-100B", "mq", 1)));

        assertThat(svg.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http", "url(", "@import", "<script", "href");
        assertThat(svg).contains("prefers-color-scheme: dark");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "median mq kafka | it is no JSON object",
                "{\"workload\": | it is no JSON object",
                "{\"workload\": \"publish-100B\", \"broker\": \"mq\", \"nodes\": \"some\", \"durability\": \"d\", \"unit\": \"u\", \"value\": 1} | 'nodes' is \"some\" and should be a whole number",
                "{\"broker\": \"mq\"} | 'workload' is missing",
                "{\"workload\": \"produce\"} | there is no workload 'produce'",
                "{\"workload\": \"publish-100B\", \"broker\": \"mq\", \"durability\": \"d\", \"unit\": \"u\", \"value\": 0} | 'value' is 0 and should be a number above 0",
                "{\"workload\": \"publish-100B\", \"broker\": \"mq\", \"durability\": \"d\", \"unit\": \"u\", \"value\": \"many\"} | 'value' is \"many\" and should be a number above 0"
            })
    void aLineThatIsNoResultIsNamed(String bad, String problem) {
        List<String> lines = List.of(line("publish-100B", "mq", 1), "", bad);

        assertThatIOException()
                .isThrownBy(() -> PeersChart.of(lines))
                .withMessage("line 3 is no result: %s; give the output of mq bench peers --json", problem);
    }

    @Test
    void noResultsAndTwoRunsAreNoChart() {
        assertThatIOException()
                .isThrownBy(() -> PeersChart.of(List.of("")))
                .withMessage("there are no results; give the output of mq bench peers --json");
        assertThatIOException()
                .isThrownBy(() -> PeersChart.of(List.of(line("publish-100B", "mq", 1), line("publish-100B", "mq", 2))))
                .withMessageContaining("two results of mq for publish-100B");
    }
}
