package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sample is a configuration that binds, as it is and with everything that it leaves out. */
class SampleTest {
    @TempDir
    Path folder;

    private Extension extension;
    private String sample;

    @BeforeEach
    void compile() throws IOException {
        extension = Extension.compile(folder, Everything.SOURCE);
        sample = extension.resource(".conf");
    }

    @AfterEach
    void close() throws IOException {
        extension.close();
    }

    @Test
    void itIsWhatAPersonWouldWrite() {
        assertEquals(Golden.read("everything.conf"), sample, () -> "golden/everything.conf should be:\n" + sample);
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws IOException {
        assertEquals(
                "Options[flag=false, small=1, medium=1, rank=1, steps=1, scale=0.0, dropout=1.0, name=re:^a, file="
                        + folder.resolve("<path>")
                        + ", timeLimit=PT5M, mode=KEEP_ALL, module=<selector>, maybeRank=Optional.empty,"
                        + " maybeRule=Optional.empty, names=[<text>], modes=[], weights={}, limits={},"
                        + " rule=Rule[from=<text>, newName=<text>, only=Optional.empty],"
                        + " rules=[Rule[from=a, newName=b, only=Optional.empty]], flags=[true], include=[],"
                        + " source=s3://a, limit=5GB, elementType=BF16, shape=[3, 4],"
                        + " init=Constant[firstValue=1.0], others={},"
                        + " more=More[wide=3, label=Optional.empty, deep=Deep[ratios=[]]]]",
                extension.bound(sample));
    }

    @Test
    void whatIsCommentedOutBindsToo() throws IOException {
        assertEquals(
                "Options[flag=false, small=1, medium=1, rank=1, steps=1, scale=0.0, dropout=1.0, name=re:^a, file="
                        + folder.resolve("<path>")
                        + ", timeLimit=PT5M, mode=KEEP_ALL, module=<selector>, maybeRank=Optional[2],"
                        + " maybeRule=Optional[Rule[from=<text>, newName=<text>, only=Optional.empty]], names=[<text>],"
                        + " modes=[KEEP_ALL], weights={<name>=1.0}, limits={KEEP_ALL=[1]},"
                        + " rule=Rule[from=<text>, newName=<text>, only=Optional.empty],"
                        + " rules=[Rule[from=a, newName=b, only=Optional.empty]], flags=[true], include=[<text>],"
                        + " source=s3://a, limit=5GB, elementType=BF16, shape=[3, 4],"
                        + " init=Constant[firstValue=1.0], others={<name>=Constant[firstValue=1.0]},"
                        + " more=More[wide=3, label=Optional[<text>], deep=Deep[ratios=[1.0]]]]",
                extension.bound(sample.replaceAll("(?m)^( *)#(?=\\S)", "$1")));
    }

    @Test
    void itAppendsToTheListOfAFile() throws IOException {
        String problem = "graft.modifiers[1].rank: must be between 1 and 4096";

        assertTrue(extension.bind(sample + sample) instanceof Bound.Ok);
        Path file = Files.writeString(folder.resolve("twice.conf"), sample + sample.replace("rank = 1", "rank = 0"));
        ConfigFile read = ((Bound.Ok<ConfigFile>) ConfigFile.read(file, ConfigOverrides.none())).value();
        ConfigCursor second = read.root().at("graft.modifiers[1]");
        assertEquals(
                List.of(problem),
                PlugRegistry.discover(extension.loader()).bind(1, second).problems().stream()
                        .map(found -> found.path() + ": " + found.message())
                        .toList());
    }
}
