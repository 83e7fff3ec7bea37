package io.graft.modifiers.quantization.scheme;

/** What weights lose that are normally distributed, by the number of those that share a scale: measured, and in between on a line. */
enum ExpectedErrors {
    /** By blocks of 32, 64, ... 4096. */
    NF4(32, .0872, .0920, .0956, .0987, .1014, .1042, .1070, .1104),
    /** By blocks of 32, 64, ... 4096. */
    FP4(32, .1142, .1220, .1286, .1347, .1406, .1462, .1522, .1581),
    /** By rows of 32, 64, ... 65536. */
    INT8_ROWS(32, .0054, .0059, .0065, .0070, .0074, .0079, .0083, .0087, .0091, .0095, .0098, .0102),
    /** By groups of 32, 64, ... 65536 with the largest magnitude as half of all codes. */
    INT8_GROUPS(32, .0056, .0060, .0065, .0070, .0074, .0078, .0082, .0086, .0090, .0094, .0097, .0100),
    /** The same with zero points. */
    INT8_ZERO_POINTS(32, .0048, .0054, .0059, .0064, .0069, .0074, .0078, .0082, .0086, .0090, .0093, .0097),
    /** By groups of 32, 64, ... 65536 with the largest magnitude as half of all codes. */
    INT4_GROUPS(32, .0948, .1028, .1108, .1185, .1259, .1331, .1399, .1466, .1533, .1596, .1651, .1706),
    /** The same with zero points. */
    INT4_ZERO_POINTS(32, .0807, .0910, .1005, .1094, .1176, .1253, .1329, .1397, .1463, .1524, .1588, .1649),
    /** By groups of 32, 64, ... 65536 with the largest magnitude as half of all codes. */
    INT3_GROUPS(32, .2027, .2198, .2369, .2535, .2695, .2853, .3003, .3146, .3277, .3417, .3550, .3652),
    /** The same with zero points. */
    INT3_ZERO_POINTS(32, .1729, .1949, .2152, .2341, .2518, .2686, .2843, .2995, .3135, .3275, .3410, .3537),
    /** By groups of 32, 64, ... 65536 with the largest magnitude as half of all codes. */
    INT2_GROUPS(32, .4708, .5100, .5486, .5854, .6200, .6529, .6828, .7102, .7337, .7580, .7798, .7955),
    /** The same with zero points. */
    INT2_ZERO_POINTS(32, .4059, .4563, .5020, .5444, .5834, .6196, .6525, .6827, .7095, .7348, .7580, .7784),
    /** The same where one end of the range is a code; of more bits there is no difference to speak of. */
    INT2_AFFINE(32, .3619, .3941, .4233, .4507, .4768, .5025, .5268, .5503, .5722, .5946, .6162, .6307);

    private final long first;
    private final double[] errors;

    /**
     * @param first how many the first error is of; each of the others is of twice as many
     */
    ExpectedErrors(long first, double... errors) {
        this.first = first;
        this.errors = errors;
    }

    /** Of integers in groups. */
    static ExpectedErrors ofIntegers(int bits, boolean isSymmetric) {
        return switch (bits) {
            case 2 -> isSymmetric ? INT2_GROUPS : INT2_ZERO_POINTS;
            case 3 -> isSymmetric ? INT3_GROUPS : INT3_ZERO_POINTS;
            case 4 -> isSymmetric ? INT4_GROUPS : INT4_ZERO_POINTS;
            case Byte.SIZE -> isSymmetric ? INT8_GROUPS : INT8_ZERO_POINTS;
            default -> throw new IllegalArgumentException("the errors of integers of " + bits + " bits are not known");
        };
    }

    double at(long count) {
        double place = Math.log((double) count / first) / Math.log(2);
        int below = (int) Math.max(0, Math.min(errors.length - 2, Math.floor(place)));
        double part = Math.max(0, Math.min(1, place - below));
        return errors[below] + part * (errors[below + 1] - errors[below]);
    }
}
