package io.graft.modifiers.quantization.scheme;

/** What weights lose that are normally distributed, by the number of those that share a scale: measured, and in between on a line. */
enum ExpectedErrors {
    /** By blocks of 32, 64, ... 4096. */
    NF4(32, .0872, .0920, .0956, .0987, .1014, .1042, .1070, .1104),
    /** By blocks of 32, 64, ... 4096. */
    FP4(32, .1142, .1220, .1286, .1347, .1406, .1462, .1522, .1581),
    /** By rows of 32, 64, ... 65536. */
    INT8_ROWS(32, .0054, .0059, .0065, .0070, .0074, .0079, .0083, .0087, .0091, .0095, .0098, .0102);

    private final long first;
    private final double[] errors;

    /**
     * @param first how many the first error is of; each of the others is of twice as many
     */
    ExpectedErrors(long first, double... errors) {
        this.first = first;
        this.errors = errors;
    }

    double at(long count) {
        double place = Math.log((double) count / first) / Math.log(2);
        int below = (int) Math.max(0, Math.min(errors.length - 2, Math.floor(place)));
        double part = Math.max(0, Math.min(1, place - below));
        return errors[below] + part * (errors[below + 1] - errors[below]);
    }
}
