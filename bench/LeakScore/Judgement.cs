namespace HeapDrift.LeakScore;

/// <summary>What a report got right of one program; null where there is nothing to get right.</summary>
internal sealed record Judgement
{
    public required Label Label { get; init; }

    /// <summary>Null where the program could not be captured; <see cref="Failure"/> then says why.</summary>
    public Report? Report { get; init; }

    public string? Failure { get; init; }

    public required bool Verdict { get; init; }

    public bool? Type { get; init; }

    public bool? Holder { get; init; }

    public bool? Site { get; init; }

    /// <summary>A healthy program was accused.</summary>
    public bool IsFalseAlarm { get; init; }

    public bool IsRight => Verdict && Type != false && Holder != false && Site != false && !IsFalseAlarm;
}
