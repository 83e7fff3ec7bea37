package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every type that an option may have, from the file to the record. */
class OptionTypesTest {
    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param source where from
             * @param names which
             * @param limit how much
             * @param elementType of elements
             * @param engineType of elements
             * @param shape of a tensor
             * @param inputs of the model
             * @param since when
             * @param colour in hexadecimal digits
             * @param colours of modules
             */
            public record Options(
                    java.net.URI source,
                    @Default("\\".*\\"") java.util.regex.Pattern names,
                    @Default("1GiB") DataSize limit,
                    @Default("bf16") io.graft.tensor.DType elementType,
                    Optional<ai.djl.ndarray.types.DataType> engineType,
                    @Default("[3, 4]") io.graft.tensor.Shape shape,
                    List<ai.djl.ndarray.types.Shape> inputs,
                    @Decode(InstantDecoder.class) Optional<java.time.Instant> since,
                    @Default("ff") @Decode(HexDecoder.class) int colour,
                    @Decode(HexDecoder.class) Map<String, Integer> colours) {}
            """);

    private static final JavaFileObject HEX = Compiling.source("HexDecoder", """
            public final class HexDecoder implements Decoder<Integer> {
                @Override public String expected() { return "a hexadecimal number"; }
                @Override public Integer decode(String text) { return Integer.valueOf(text, 16); }
            }
            """);

    private static final JavaFileObject INSTANT = Compiling.source("InstantDecoder", """
            public final class InstantDecoder implements ValueDecoder<java.time.Instant> {
                @Override public Bound<java.time.Instant> decode(ConfigCursor cursor) {
                    return Decoders.string().decode(cursor).map(java.time.Instant::parse);
                }
            }
            """);

    @TempDir
    Path folder;

    @Test
    void valuesOfTheFileReachTheRecord() throws IOException {
        try (Extension extension = compile()) {
            assertEquals(
                    "Options[source=s3://bucket/key, names=^a$, limit=5GB, elementType=F8_E4M3, engineType=Optional[float16],"
                            + " shape=[], inputs=[(1, 3), (-1)], since=Optional[2026-11-01T00:00:00Z], colour=16,"
                            + " colours={head=17}]",
                    extension.bound("""
                            graft.modifiers = [
                              {
                                type = demo
                                source = "s3://bucket/key"
                                names = "^a$"
                                limit = 5GB
                                element-type = f8-e4m3
                                engine-type = float16
                                shape = []
                                inputs = [[1, 3], [-1]]
                                since = "2026-11-01T00:00:00Z"
                                colour = 10
                                colours { head = 11 }
                              }
                            ]
                            """));
        }
    }

    @Test
    void defaultsAreReadByTheSameDecoders() throws IOException {
        try (Extension extension = compile()) {
            assertEquals(
                    "Options[source=a, names=.*, limit=1GiB, elementType=BF16, engineType=Optional.empty, shape=[3, 4],"
                            + " inputs=[], since=Optional.empty, colour=255, colours={}]",
                    extension.bound("graft.modifiers = [{ type = demo, source = a }]"));
        }
    }

    @Test
    void wrongValuesAreReportedWithTheirPlaces() throws IOException {
        try (Extension extension = compile()) {
            assertEquals(
                    List.of(
                            "10:14 malformed-value graft.modifiers[0].colour: For input string: \"xyz\" under radix 16",
                            "11:22 malformed-value graft.modifiers[0].colours.head: For input string: \"g\" under radix"
                                    + " 16",
                            "3:14 malformed-value graft.modifiers[0].source: `a b` is no URI: illegal character in path"
                                    + " at character 2",
                            "4:13 malformed-value graft.modifiers[0].names: `[a-` is no regular expression: illegal"
                                    + " character range at character 4",
                            "5:13 missing-unit graft.modifiers[0].limit: a size needs a unit: write `5MB`, `5GiB`, `5B`",
                            "6:20 unknown-enum graft.modifiers[0].element-type: expected one of: bool, u8, i8, i16, u16,"
                                    + " i32, u32, i64, u64, f4, f6-e2m3, f6-e3m2, f8-e4m3, f8-e5m2, f8-e8m0, f8-e4m3fnuz,"
                                    + " f8-e5m2fnuz, f16, bf16, f32, f64, c32, c64, c128; closest is `bool`",
                            "7:19 unknown-enum graft.modifiers[0].engine-type: expected one of: float32, float64,"
                                    + " float16, uint8, int32, int8, int64, boolean, complex64, unknown, string,"
                                    + " bfloat16, uint64, uint32, uint16, int16; closest is `int16`",
                            "8:17 out-of-range graft.modifiers[0].shape[1]: must be at least 0",
                            "9:21 out-of-range graft.modifiers[0].inputs[1][0]: must be at least -1"),
                    extension.problems("""
                            graft.modifiers = [{
                                type = demo
                                source = "a b"
                                names = "[a-"
                                limit = 5
                                element-type = float8
                                engine-type = bf16
                                shape = [1, -1]
                                inputs = [[1], [-2]]
                                colour = xyz
                                colours { head = g }
                            }]
                            """));
        }
    }

    @Test
    void theDescriptorNamesTheTypes() throws IOException {
        try (Extension extension = compile()) {
            assertEquals(
                    List.of(
                            "source: uri",
                            "names: regular expression",
                            "limit: size",
                            "shape: shape",
                            "inputs: list of shape",
                            "since: instant",
                            "colour: integer",
                            "colours: map from string to integer"),
                    extension.descriptor().options().stream()
                            .filter(option -> !option.key().endsWith("-type"))
                            .map(option -> option.key() + ": " + option.type())
                            .toList());
        }
    }

    private Extension compile() throws IOException {
        return Extension.compile(folder, OPTIONS, HEX, INSTANT, Compiling.modifier());
    }
}
