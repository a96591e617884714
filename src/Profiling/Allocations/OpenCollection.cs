namespace HeapDrift.Profiling.Allocations;

/// <summary>A garbage collection that has begun and not ended.</summary>
internal sealed class OpenCollection(int number, int generation, bool isInBackground, int oldSamples)
{
    /// <summary>The runtime's own count, for all generations together.</summary>
    public int Number => number;

    /// <summary>It and all younger ones are collected.</summary>
    public int Generation => generation;

    /// <summary>It runs beside the program, moves nothing, and collects no young objects; others may begin and end meanwhile.</summary>
    public bool IsInBackground => isInBackground;

    /// <summary>How many samples there were in the old generations when it began. Those that came later it does not judge.</summary>
    public int OldSamples { get; set; } = oldSamples;

    /// <summary>What survived, each range with the distance that it was moved by.</summary>
    public AddressRanges Survivors { get; set; } = new();

    /// <summary>
    /// One in the background may begin with a whole collection of the young generations, told under its own number, while the program stands still
    /// (do_ephemeral_gc_p in gc.cpp of dotnet/runtime). True once what that left is taken note of.
    /// </summary>
    public bool IsYoungSettled { get; set; }

    /// <summary>The generations as they were when it began.</summary>
    public AddressRanges Before { get; set; } = new();
}
