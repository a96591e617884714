namespace HeapDrift.Profiling.Tests.Proc;

/// <summary>What the kernel writes, shortened to the lines that are read and some that are not.</summary>
internal static class KernelText
{
    public const string NoSignals = "0000000000000000";

    public static string Status(
        string name = "shop",
        string caught = NoSignals,
        string ignored = NoSignals,
        string state = "S (sleeping)",
        string groups = "4 27 1000",
        string extra = "NSpid:\t42\t7\nVmRSS:\t  2048 kB\n") =>
        $"Name:\t{name}\nUmask:\t0022\nState:\t{state}\nTgid:\t42\nPid:\t42\nPPid:\t1\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003\nGid:\t100\t101\t102\t103\nGroups:\t{groups} \n"
        + $"{extra}Threads:\t29\nSigBlk:\t{NoSignals}\nSigIgn:\t{ignored}\nSigCgt:\t{caught}\nCapInh:\t{NoSignals}\nCapPrm:\t0000000000080001\nCapEff:\t0000000000080000\nSeccomp:\t0\n";

    public static string Stat(string name = "shop", string startTime = "123456") =>
        $"42 ({name}) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 29 0 {startTime} 1000000 500 18446744073709551615\n";

    /// <summary>Up to field 38, the signal of its end.</summary>
    public static string StatOfChild(int exitSignal) =>
        $"77 (shop) t 42 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123999 1000000 500 18446744073709551615 1 2 3 4 5 6 7 8 9 10 11 12 {exitSignal} 3\n";

    public const string RollupBeforeKinds = """
        5634ac137000-7ffd3aee9000 ---p 00000000 00:00 0                          [rollup]
        Rss:                2000 kB
        Pss:                1000 kB
        Shared_Clean:       1200 kB
        Private_Clean:       100 kB
        Private_Dirty:       650 kB
        Anonymous:           700 kB
        Swap:                 64 kB
        SwapPss:              32 kB
        Locked:                0 kB

        """;

    public static string Rollup(int anon = 650, int file = 300, int shmem = 50) => RollupBeforeKinds.Replace(
        "Shared_Clean:",
        $"Pss_Anon: {anon} kB\nPss_File: {file} kB\nPss_Shmem: {shmem} kB\nShared_Clean:",
        StringComparison.Ordinal);
}
