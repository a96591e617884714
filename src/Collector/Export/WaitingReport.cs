namespace HeapDrift.Collector.Export;

/// <summary>What this process knows of a report that the receiver does not have; the rest is on disk.</summary>
/// <param name="name">Of its folder.</param>
internal sealed class WaitingReport(string name)
{
    private readonly Backoff _backoff = new();
    private readonly HashSet<string> _said = [];
    private volatile Action<string>? _ending;

    public string Name { get; } = name;

    /// <summary>Not before this; a new one at once.</summary>
    public DateTimeOffset NextAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>It is not sent any more. It may still lie on disk as if it were, where nothing can be changed.</summary>
    public bool HasEnded => _ending is not null;

    public void Postpone(DateTimeOffset now) => NextAt = now + _backoff.Next();

    /// <param name="onDisk">What makes it so on disk, given its name.</param>
    public void End(Action<string> onDisk) => _ending = onDisk;

    /// <inheritdoc cref="UndeliveredFolder.Unmark"/>
    public void EndOnDisk() => _ending?.Invoke(Name);

    /// <summary>True the first time for each topic: nothing is said at every attempt.</summary>
    public bool IsNews(string topic) => _said.Add(topic);
}
