package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.graft.checkpoint.Progress;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProgressLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A line that says how work goes on, while it does. */
class ProgressTest {
    private static final long SECOND = 1_000_000_000;
    private static final OptionalLong TOTAL = OptionalLong.of(4_700_000_000L);

    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();
    private final CountDownLatch shown = new CountDownLatch(1);
    private long now = 5;
    private HttpServer server;
    private Place place;

    /** A server that keeps the second half of a file until the terminal shows something, or nobody waits any more. */
    @BeforeEach
    void start() throws IOException {
        place = new Place(folder).with("m43/init.safetensors");
        byte[] file = Files.readAllBytes(place.path("init.safetensors"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file, 0, file.length / 2);
            exchange.getResponseBody().flush();
            try {
                shown.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseBody().write(file, file.length / 2, file.length - file.length / 2);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Runs the command with a terminal for its errors, or with none. */
    private int graft(boolean rewritable, String... arguments) {
        StringWriter out = new StringWriter();
        PrintWriter terminal = new PrintWriter(err) {
            @Override
            public void flush() {
                super.flush();
                shown.countDown();
            }
        };
        return GraftCommand.run(
                new Console(new PrintWriter(out), terminal, Map.of(), false, rewritable),
                Arrays.stream(arguments)
                        .map(argument -> argument.replace("DIR", folder.toString())
                                .replace(
                                        "SERVER",
                                        "localhost:" + server.getAddress().getPort()))
                        .toArray(String[]::new));
    }

    private List<String> lines() {
        return new ArrayList<>(List.of(err.toString().split("\r")));
    }

    @Test
    void aTerminalShowsADownloadWhileItGoesOn() {
        assertEquals(ExitCode.DONE, graft(true, "inspect", "http://ann:geheim@SERVER/slow.safetensors"));
        List<String> lines = lines();
        assertEquals("", lines.remove(0));
        assertEquals("slow.safetensors  202 bytes of 404 bytes, 50 %", lines.get(0));
        assertTrue(lines.get(lines.size() - 1).isBlank(), err.toString());
        assertTrue(err.toString().endsWith("\r"), err.toString());
    }

    @Test
    void aConfiguredCheckpointIsShownToo() {
        place.config("http://SERVER/slow.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        String config = place.path("x.conf").toString();
        place.file(
                "x.conf",
                read("x.conf")
                        .replace("SERVER", "localhost:" + server.getAddress().getPort()));
        assertEquals(ExitCode.DONE, graft(true, "plan", "-c", config));
        assertEquals("slow.safetensors  202 bytes of 404 bytes, 50 %", lines().get(1));
    }

    /** Section 9 of the field reports: 1 GB, and silence. */
    @ParameterizedTest
    @CsvSource({
        "apply -c DIR/x.conf, writing  0 bytes of 92 bytes",
        "convert DIR/init.safetensors DIR/new.pt, writing  0 bytes of 92 bytes",
        "diff DIR/init.safetensors DIR/init.safetensors, comparing  0 bytes of 92 bytes"
    })
    void whatTakesAWhileIsShown(String command, String first) {
        shown.countDown();
        place.config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        assertEquals(ExitCode.DONE, graft(true, command.split(" ")));
        assertEquals(first + ", 0 %", lines().get(1));
        assertTrue(err.toString().endsWith(" ".repeat(first.length()) + "    \r"), err.toString());
    }

    @Test
    void whatNobodyWantsToWatchIsNotShown() {
        shown.countDown();
        place.config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        assertEquals(ExitCode.DONE, graft(true, "apply", "-c", "DIR/x.conf", "--no-progress"));
        assertEquals("", err.toString());
    }

    @Test
    void whatIsNoTerminalShowsNothing() {
        shown.countDown();
        assertEquals(ExitCode.DONE, graft(false, "inspect", "http://SERVER/slow.safetensors"));
        assertEquals(ExitCode.DONE, graft(true, "inspect", "--no-progress", "http://SERVER/slow.safetensors"));
        assertEquals("", err.toString());
    }

    private String read(String name) {
        try {
            return Files.readString(place.path(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void theLineIsWrittenAgainTenTimesASecond() {
        Progress line = new ProgressLine(new PrintWriter(err), () -> now);
        String uri = "https://host/folder/model.safetensors?token=***";
        line.reached(uri, 65_536, TOTAL);
        now += SECOND / 20;
        line.reached(uri, 131_072, TOTAL);
        now += SECOND / 20;
        line.reached(uri, 40_065_536, TOTAL);
        now += SECOND - SECOND / 10;
        line.reached(uri, 1_200_065_536, TOTAL);
        line.ended();
        String last = "model.safetensors  1.2 GB of 4.7 GB, 26 %, 1.2 GB/s";
        assertEquals(
                "\rmodel.safetensors  65.5 kB of 4.7 GB, 0 %"
                        + "\rmodel.safetensors  40.1 MB of 4.7 GB, 1 %, 400.0 MB/s"
                        + "\r" + last + "  "
                        + "\r" + " ".repeat(last.length()) + "\r",
                err.toString());
    }

    @Test
    void aServerThatDeclaresNothingAndALongNameFitTheLine() {
        Progress line = new ProgressLine(new PrintWriter(err), () -> now);
        line.reached("s3://bucket/" + "x".repeat(50) + "\u0007", 999, OptionalLong.empty());
        now += SECOND;
        line.reached("s3://bucket/" + "x".repeat(50) + "\u0007", 1_999, OptionalLong.empty());
        assertEquals(
                "\r" + "x".repeat(37) + "...  999 bytes\r" + "x".repeat(37) + "...  2.0 kB, 1.0 kB/s", err.toString());
    }

    @Test
    void anotherFileAndAnotherBeginningCountAnew() {
        Progress line = new ProgressLine(new PrintWriter(err), () -> now);
        line.reached("run:a", 1_000, OptionalLong.empty());
        line.ended();
        line.ended();
        line.reached("http://h/b", 5_000, OptionalLong.empty());
        line.reached("http://h/b", 2_000, OptionalLong.empty());
        assertEquals("\rrun:a  1.0 kB\r             \r\rb  5.0 kB\rb  2.0 kB", err.toString());
    }
}
