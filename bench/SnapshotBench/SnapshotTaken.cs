using System.Text.Json.Serialization;

namespace HeapDrift.SnapshotBench;

/// <summary>What one run of <c>heapdrift snapshot</c> gave: its own document, and what was measured from outside.</summary>
internal sealed record SnapshotTaken
{
    public required double? PauseMilliseconds { get; init; }

    public required double DurationMilliseconds { get; init; }

    public required long LiveObjects { get; init; }

    public required long LiveBytes { get; init; }

    public required bool Complete { get; init; }

    public required double? Coverage { get; init; }

    public required IReadOnlyList<TypeCount> Types { get; init; }

    /// <summary>From the start of the process to its end.</summary>
    [JsonIgnore]
    public TimeSpan Wall { get; init; }

    /// <summary>Zero unless it was asked for: sampling costs the tool time.</summary>
    [JsonIgnore]
    public long PeakToolBytes { get; init; }
}

internal sealed record TypeCount(string Name, string? Module, long Objects, long Bytes);
