namespace HeapDrift.TestKit;

/// <summary>What to start. The file is a path, or a name that is looked up in PATH.</summary>
public sealed record ChildProcessStart(string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>Changes to the inherited environment, and nothing besides: a value sets a variable, null removes it.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Null is the working directory of the test.</summary>
    public string? WorkingDirectory { get; init; }

    public override string ToString() => string.Join(' ', [File, .. Arguments]);
}
