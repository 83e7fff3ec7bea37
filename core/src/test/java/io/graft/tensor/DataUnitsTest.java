package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataUnitsTest {
    @ParameterizedTest
    @CsvSource({
        "5GB, 5000000000",
        "500 MiB, 524288000",
        "' 1.5  kB ', 1500",
        "0.5KiB, 512",
        "7 B, 7",
        "1 byte, 1",
        "2 bytes, 2",
        "3 MB, 3000000",
        "2TB, 2000000000000",
        "1 GiB, 1073741824",
        "1 TiB, 1099511627776",
        "9223372036.854775807 GB, 9223372036854775807"
    })
    void anAmountIsANumberAndAUnit(String text, long bytes) {
        assertEquals(OptionalLong.of(bytes), DataUnits.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "GB",
                "5 gb",
                "5 parsecs",
                "-1 B",
                "1.5 B",
                "1.2.3 MB",
                "1. MB",
                "9223372036.854775808 GB"
            })
    void anythingElseIsNone(String text) {
        assertEquals(OptionalLong.empty(), DataUnits.parse(text));
    }
}
