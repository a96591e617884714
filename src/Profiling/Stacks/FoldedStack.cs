namespace HeapDrift.Profiling.Stacks;

/// <summary>A stack in which the platform's frames take one line a run, so that those of the application stand out. The leaf is first.</summary>
internal sealed class FoldedStack
{
    /// <summary>What starts and drives the state machine of an async method stands between the method and its own code.</summary>
    private const string AsyncMachinery = "System.Runtime.CompilerServices.Async";

    /// <summary>A compiled expression tree: how the handlers of a web application are called.</summary>
    private const string CompiledLambda = "lambda_method";

    private readonly List<FoldedEntry> _entries = [];
    private readonly List<NamedFrame> _run = [];

    private FoldedStack()
    {
    }

    public IReadOnlyList<FoldedEntry> Entries => _entries;

    /// <summary>The line to open first: nearest to the leaf, of the application. Null where there is none.</summary>
    public NamedFrame? FirstApplicationFrame { get; private set; }

    /// <summary>Whether the application's code is on it, or code that was made at run time to call it, into which it may have been inlined.</summary>
    public bool IsOfApplication { get; private set; }

    /// <summary>O(frames).</summary>
    public static FoldedStack Of(IEnumerable<NamedFrame> leafFirst)
    {
        var stack = new FoldedStack();
        foreach (NamedFrame frame in leafFirst)
        {
            stack.IsOfApplication |= frame.IsApplication || frame.Name.Function.Contains(CompiledLambda, StringComparison.Ordinal);
            if (frame.IsApplication)
            {
                stack.AddApplication(frame);
            }
            else
            {
                stack._run.Add(frame);
            }
        }

        stack.CloseRun(isOutermost: true);
        return stack;
    }

    private void AddApplication(NamedFrame frame)
    {
        if (IsStartOfLast(frame))
        {
            _run.Clear();
            return;
        }

        CloseRun(isOutermost: false);
        FirstApplicationFrame ??= frame;
        if (_entries.Count != 0 && _entries[^1] is { IsFramework: false } last && last.Frame == frame)
        {
            _entries[^1] = last with { Frames = last.Frames + 1 };
        }
        else
        {
            _entries.Add(new FoldedEntry(frame, 1, IsFramework: false));
        }
    }

    /// <summary>An async method that was just called stands on the stack twice, as its code and as what started it.</summary>
    private bool IsStartOfLast(NamedFrame frame) =>
        _entries.Count != 0
        && _entries[^1] is { IsFramework: false, Frame.Name: { IsStateMachine: true } code }
        && code.Function == frame.Name.Function
        && !frame.Name.IsStateMachine
        && _run.TrueForAll(between => between.Name.Type.StartsWith(AsyncMachinery, StringComparison.Ordinal));

    /// <summary>
    /// A run is named by the frame that the application called, which is in its source; the outermost by the one that called the application.
    /// </summary>
    private void CloseRun(bool isOutermost)
    {
        if (_run.Count != 0)
        {
            _entries.Add(new FoldedEntry(isOutermost ? _run[0] : _run[^1], _run.Count, IsFramework: true));
            _run.Clear();
        }
    }
}

/// <summary>One line of a folded stack.</summary>
/// <param name="Frame">The frame that stands for all of them.</param>
/// <param name="Frames">How many: a run of the platform's, or the same frame of a method that calls itself.</param>
/// <param name="IsFramework">Whether they are the platform's.</param>
internal readonly record struct FoldedEntry(NamedFrame Frame, int Frames, bool IsFramework);
