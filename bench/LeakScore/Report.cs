namespace HeapDrift.LeakScore;

/// <summary>The part of report.json that is judged, read as any script would read it: by the contract and not with the product's own classes.</summary>
internal sealed record Report
{
    public required string Outcome { get; init; }

    public required string Verdict { get; init; }

    public IReadOnlyList<ReportedFinding> Findings { get; init; } = [];
}

internal sealed record ReportedFinding
{
    public required string Type { get; init; }

    public required string Holder { get; init; }

    public IReadOnlyList<string> Path { get; init; } = [];

    public long ObjectsDelta { get; init; }

    public long RetainedBytesDelta { get; init; }

    public IReadOnlyList<ReportedSite> AllocationSites { get; init; } = [];
}

internal sealed record ReportedSite
{
    public IReadOnlyList<ReportedFrame> Frames { get; init; } = [];
}

internal sealed record ReportedFrame
{
    public required string Function { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    public override string ToString() => File is null ? Function : $"{Function} ({System.IO.Path.GetFileName(File)}:{Line})";
}
