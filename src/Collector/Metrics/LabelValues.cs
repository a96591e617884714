namespace HeapDrift.Collector.Metrics;

/// <summary>Compares the label values of two series.</summary>
internal sealed class LabelValues : IEqualityComparer<string[]>
{
    public static LabelValues Equal { get; } = new();

    public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(string[] obj)
    {
        var hash = new HashCode();
        foreach (string value in obj)
        {
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }
}
