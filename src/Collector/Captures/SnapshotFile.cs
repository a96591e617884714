using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Captures;

/// <summary>
/// The file that keeps one snapshot, whole or not at all. A link leads to its target, and what is no file (<c>/dev/null</c>, <c>/dev/stderr</c>, a pipe) is
/// written into: a file that took its name would be its end.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private readonly string _target;

    /// <summary>Null where the target is written into.</summary>
    private readonly string? _hidden;

    private SnapshotFile(string target, string? hidden) => (_target, _hidden) = (target, hidden);

    /// <summary>Before the worker is touched: where nothing can be written, a pause would be for nothing.</summary>
    /// <exception cref="IOException">It cannot be made there.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static SnapshotFile Prepare(string path)
    {
        var named = new FileInfo(path);
        string target = named.LinkTarget is null ? named.FullName : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target))
        {
            throw new IOException($"{target} is a folder");
        }

        if (FileStatus.TryRead(target) is { IsRegular: false })
        {
            return new(target, hidden: null);
        }

        string hidden = Path.Join(Path.GetDirectoryName(target), $".{Path.GetFileName(target)}.{Environment.ProcessId}");
        File.Create(hidden).Dispose();
        return new(target, hidden);
    }

    /// <exception cref="IOException">For example no space is left. An older file keeps its content.</exception>
    public void Write(string content)
    {
        File.WriteAllText(_hidden ?? _target, content);
        if (_hidden is not null)
        {
            File.Move(_hidden, _target, overwrite: true);
        }
    }

    /// <summary>Takes back what was prepared and not written.</summary>
    public void Dispose()
    {
        if (_hidden is not null)
        {
            File.Delete(_hidden);
        }
    }
}
