using System.Text;

namespace HeapDrift.Collector.Commands;

/// <summary>
/// Progress and complaints for whoever may read them: what a closed descriptor or a full disk does not take is lost, and must not end a capture.
/// </summary>
internal sealed class LossyWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <summary>In one piece: two threads may speak at once.</summary>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // Nobody reads it.
        }
    }
}
