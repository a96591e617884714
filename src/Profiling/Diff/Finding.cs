using System.Text.Json.Serialization;

namespace HeapDrift.Profiling.Diff;

/// <summary>
/// One suspected leak: what grew, who holds it, by how much. All deltas are final minus baseline.
/// </summary>
internal sealed record Finding
{
    /// <summary>1 is the largest retained growth.</summary>
    public required int Rank { get; init; }

    /// <summary>16 hexadecimal digits over the normalised path: the same leak has the same fingerprint after a restart.</summary>
    public required string Fingerprint { get; init; }

    public required FindingStatus Status { get; init; }

    /// <summary>When a leak that is not new was first reported; absent for a new one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? KnownSince { get; init; }

    /// <summary>Managed-leak where it grew in every interval, saturating where that flattened, inconclusive where it came and went.</summary>
    public Verdict Verdict { get; init; } = Verdict.ManagedLeak;

    public required TypeOrigin Origin { get; init; }

    /// <summary>The type whose instances pile up, as written in C#.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// The root of <see cref="Path"/>: a static field, a handle kind, a stack. Where that is the platform's and the application's only object of its kind is on the
    /// path, that object comes first: <c>Shop.OrderBook (static System.Threading.TimerQueue.Instances)</c>.
    /// </summary>
    public required string Holder { get; init; }

    /// <summary>From the holder to <see cref="Type"/>, one name each.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>Instances of <see cref="Type"/> on this path.</summary>
    public required long ObjectsDelta { get; init; }

    /// <summary>Bytes of those instances alone.</summary>
    public required long BytesDelta { get; init; }

    /// <summary>Bytes of everything that hangs on the accumulation point of this path.</summary>
    public required long RetainedBytesDelta { get; init; }

    /// <summary><see cref="RetainedBytesDelta"/> as a share of the growth of the whole live heap, 0 to 1.</summary>
    public required double ShareOfGrowth { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Summary { get; init; }

    /// <summary>Who allocated what is retained, the most bytes first. Empty where that was not seen.</summary>
    public required IReadOnlyList<AllocationSite> AllocationSites { get; init; }

    /// <summary>Why <see cref="AllocationSites"/> is empty or says too little, in a sentence; absent where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AllocationNote { get; init; }
}

/// <summary>Whether this leak was reported before, as far as the reports in the output folder tell.</summary>
internal enum FindingStatus
{
    New,
    Known,
    Regressed,
}

/// <summary>A stack that allocated surviving objects, estimated from samples.</summary>
internal sealed record AllocationSite
{
    /// <summary>The leaf first; a run of the platform's frames is one, named by the method that the application called.</summary>
    public required IReadOnlyList<AllocationFrame> Frames { get; init; }

    public required long Samples { get; init; }

    public required long EstimatedBytes { get; init; }

    /// <summary>Half of the 98 % interval, as a share of <see cref="EstimatedBytes"/>.</summary>
    public required double RelativeError { get; init; }
}

/// <summary>One method of an allocation stack; file and line only where a portable PDB told them.</summary>
internal sealed record AllocationFrame
{
    public required string Function { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    /// <summary>Whose code it is; the first frame of the application is the line to open.</summary>
    [JsonIgnore]
    public TypeOrigin Origin { get; init; }
}
