package io.graft.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The losses of trainings, as lines of text and as a picture (SVG). */
public final class LossCurves {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final List<String> COLORS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000");
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 60;
    private static final int RIGHT = 220;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int MOST_LOSSES = 5;
    private static final int MOST_EPOCHS = 10;

    private final String title;
    private final List<Course> courses;
    private final double highest;
    private final int epochs;
    private final Ticks losses;

    public LossCurves(String title, List<Course> courses) {
        this.title = title;
        this.courses = List.copyOf(courses);
        this.highest = courses.stream()
                .flatMap(course -> course.losses().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        this.epochs = courses.stream()
                .mapToInt(course -> course.losses().size())
                .max()
                .orElse(1);
        this.losses = Ticks.upTo(highest > 0 ? highest : 1, MOST_LOSSES);
    }

    /** A line for each training: a bar for each epoch, from 0 to the highest loss of all, then the first loss and the last. */
    public List<String> lines() {
        int width = courses.stream()
                .mapToInt(course -> course.name().length())
                .max()
                .orElse(0);
        return courses.stream()
                .map(course -> String.format(
                        Locale.ROOT,
                        "%-" + width + "s  %-" + epochs + "s  %.3f -> %.3f",
                        course.name(),
                        bars(course),
                        course.losses().get(0),
                        course.lastLoss()))
                .toList();
    }

    private String bars(Course course) {
        StringBuilder bars = new StringBuilder();
        for (double loss : course.losses()) {
            bars.append(BARS.charAt((int) Math.min(BARS.length() - 1, BARS.length() * loss / highest)));
        }
        return bars.toString();
    }

    /** Writes the picture. */
    public void write(Path file) throws IOException {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                HEIGHT));
        text(svg, LEFT, TOP - 16, "start", title);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "epoch");
        text(svg, 14, TOP - 16, "start", "loss");
        grid(svg);
        for (int i = 0; i < courses.size(); i++) {
            curve(svg, courses.get(i), COLORS.get(i % COLORS.size()), TOP + 10 + 20.0 * i);
        }
        Files.writeString(file, svg.append("</svg>\n"));
    }

    private void grid(StringBuilder svg) {
        for (double loss : losses.places()) {
            line(svg, LEFT, y(loss), WIDTH - RIGHT, y(loss), loss == 0 ? "#333" : "#ddd", 1);
            text(svg, LEFT - 6, y(loss) + 4, "end", losses.label(loss));
        }
        int every = (int) Math.max(1, Ticks.upTo(epochs, MOST_EPOCHS).step());
        for (int epoch = every; epoch <= epochs; epoch += every) {
            text(svg, x(epoch), HEIGHT - BOTTOM + 18, "middle", Integer.toString(epoch));
        }
    }

    private void curve(StringBuilder svg, Course course, String color, double legend) {
        List<Double> values = course.losses();
        svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                .append(color)
                .append("\" points=\"");
        for (int i = 0; i < values.size(); i++) {
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(i + 1), y(values.get(i))));
        }
        svg.append("\"/>\n");
        for (int i = 0; i < values.size(); i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>%n",
                    x(i + 1),
                    y(values.get(i)),
                    color));
        }
        line(svg, WIDTH - RIGHT + 14, legend - 4, WIDTH - RIGHT + 34, legend - 4, color, 2);
        text(svg, WIDTH - RIGHT + 40, legend, "start", course.name());
    }

    private double x(int epoch) {
        return LEFT + (WIDTH - RIGHT - LEFT) * (epochs == 1 ? 0.5 : (epoch - 1.0) / (epochs - 1));
    }

    private double y(double loss) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * loss / losses.end();
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2, String color, int width) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%d\"/>%n",
                x1,
                y1,
                x2,
                y2,
                color,
                width));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped));
    }
}
