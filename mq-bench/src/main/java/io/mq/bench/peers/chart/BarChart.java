package io.mq.bench.peers.chart;

import io.mq.bench.peers.chart.Panel.Bar;
import java.util.List;
import java.util.Locale;

/**
 * Draws panels of horizontal bars as SVG, two beside each other. The picture has a background of its own, which follows
 * the reader's preference, so that it can be read on light and dark pages; no script, and no font from elsewhere.
 *
 * <p>All lengths are in pixels.
 */
final class BarChart {

    private static final int COLUMNS = 2;
    private static final int MARGIN = 24;
    private static final int PANEL_WIDTH = 400;
    private static final int PANEL_GAP = 40;
    private static final int HEAD_HEIGHT = 48;
    private static final int BAR_HEIGHT = 18;
    private static final int ROW_HEIGHT = 26;
    private static final int LABEL_WIDTH = 92;

    /** Room for the number behind the longest bar. */
    private static final int VALUE_WIDTH = 88;

    private static final int BAR_WIDTH_MAX = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;

    /** What a bar is wide that would otherwise not be seen. */
    private static final double BAR_WIDTH_MIN = 1;

    private static final int LINE_HEIGHT = 18;
    private static final int TEXT_GAP = 8;

    /** From the middle of a line of text to its base line. */
    private static final int HALF_TEXT = 4;

    private static final int WIDTH = 2 * MARGIN + COLUMNS * PANEL_WIDTH + (COLUMNS - 1) * PANEL_GAP;

    private static final String STYLE = """
            <style>
            .card { fill: #ffffff; stroke: #d0d7de }
            text { fill: #57606a; font: 12px system-ui, -apple-system, "Segoe UI", sans-serif }
            .head { fill: #1f2328; font-size: 14px; font-weight: 600 }
            .end { text-anchor: end }
            .own { fill: #0969da; font-weight: 600 }
            .other { fill: #afb8c1 }
            @media (prefers-color-scheme: dark) {
            .card { fill: #0d1117; stroke: #30363d }
            text { fill: #8d96a0 }
            .head { fill: #e6edf3 }
            .own { fill: #4493f8 }
            .other { fill: #484f58 }
            }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();

    private BarChart() {}

    /**
     * @param title for readers who do not see the picture
     * @param panels one at least
     * @param footnotes a line each, below the panels
     */
    static String draw(String title, List<Panel> panels, List<String> footnotes) {
        return new BarChart().chart(title, panels, footnotes);
    }

    private String chart(String title, List<Panel> panels, List<String> footnotes) {
        int panelsHeight = rows(panels) * panelHeight(panels);
        int height = MARGIN + panelsHeight + footnotes.size() * LINE_HEIGHT + MARGIN;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">%n",
                WIDTH, height, WIDTH, height);
        add("<title>%s</title>%n", escaped(title));
        svg.append(STYLE);
        add("<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"6\"/>%n", WIDTH - 1, height - 1);
        for (int i = 0; i < panels.size(); i++) {
            panel(
                    panels.get(i),
                    MARGIN + i % COLUMNS * (PANEL_WIDTH + PANEL_GAP),
                    MARGIN + i / COLUMNS * panelHeight(panels));
        }
        for (int i = 0; i < footnotes.size(); i++) {
            text("", MARGIN, MARGIN + panelsHeight + (i + 1) * LINE_HEIGHT, footnotes.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private static int rows(List<Panel> panels) {
        return (panels.size() + COLUMNS - 1) / COLUMNS;
    }

    /** The same for all, so that they stand in rows. */
    private static int panelHeight(List<Panel> panels) {
        int bars = panels.stream().mapToInt(panel -> panel.bars().size()).max().orElseThrow();
        return HEAD_HEIGHT + bars * ROW_HEIGHT + MARGIN;
    }

    private void panel(Panel panel, int x, int y) {
        text("head", x, y + LINE_HEIGHT - HALF_TEXT, panel.title());
        text("", x, y + 2 * LINE_HEIGHT - HALF_TEXT, panel.note());
        for (int i = 0; i < panel.bars().size(); i++) {
            bar(panel.bars().get(i), panel.max(), x, y + HEAD_HEIGHT + i * ROW_HEIGHT);
        }
    }

    private void bar(Bar bar, double max, int x, int y) {
        String side = bar.isOwn() ? "own" : "other";
        // The colour of the other bars is too faint for text.
        String textSide = bar.isOwn() ? " own" : "";
        double width = Math.max(BAR_WIDTH_MIN, bar.value() / max * BAR_WIDTH_MAX);
        int left = x + LABEL_WIDTH;
        int textY = y + BAR_HEIGHT / 2 + HALF_TEXT;
        text("end" + textSide, left - TEXT_GAP, textY, bar.label());
        add(
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                side, left, y, width, BAR_HEIGHT);
        text(textSide.strip(), left + width + TEXT_GAP, textY, number(bar.value()));
    }

    /** @param classes of the style, empty for none */
    private void text(String classes, double x, int y, String content) {
        String style = classes.isEmpty() ? "" : " class=\"%s\"".formatted(classes);
        add("<text%s x=\"%.1f\" y=\"%d\">%s</text>%n", style, x, y, escaped(content));
    }

    /** Three digits at least. */
    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
