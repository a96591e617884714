using HeapDrift.LeakScore;
using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Score;

/// <summary>The gallery of leaks that bench/LeakScore tries: all of it there, and two of its programs tried here.</summary>
public sealed class GalleryTests
{
    private static readonly IReadOnlyList<Label> All = Labels.Read();

    [Fact]
    public void EnoughLeaksAndEnoughThatOnlyLookSoAreKnown()
    {
        Assert.True(All.Count(label => !label.Healthy) >= 24);
        Assert.True(All.Count(label => label.Healthy) >= 10);
    }

    [Fact]
    public async Task EveryProgramHasALabelAndEveryLabelAProgram()
    {
        ProcessResult list = await ChildProcess.RunAsync(new ChildProcessStart(Path.Join(RepositoryPaths.Output("LeakGallery"), "LeakGallery"), "--list"), HeapDriftTool.Deadline);

        Assert.Equal(All.Select(label => label.Name).Order(StringComparer.Ordinal), list.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryLeakSaysWhatMustBeFound() => Assert.All(All.Where(label => !label.Healthy), label =>
    {
        Assert.NotNull(label.Verdict);
        Assert.Equal(label.Types.Count == 0, label.Holders.Count == 0);
        Assert.Equal(label.Functions.Count == 0, label.File is null);
        Assert.True(label.Verdict != "managed-leak" || (label.Types.Count != 0 && label.Functions.Count != 0));
        Assert.True(label.File is null || SourceLines.Of(label.File).Count != 0);
    });

    [Fact]
    public async Task AProgramThatLeaksIsTriedForReal()
    {
        Judgement judged = await TryAsync("checkout");

        Assert.Null(judged.Failure);
        Assert.True(judged.Verdict && judged.Type == true && judged.Holder == true, Scoreboard.Render([judged]));
    }

    [Fact]
    public async Task AProgramThatOnlyReplacesWhatItKeepsIsNotAccused()
    {
        Judgement judged = await TryAsync("monitoring");

        Assert.Null(judged.Failure);
        Assert.False(judged.IsFalseAlarm, Scoreboard.Render([judged]));
    }

    private static async Task<Judgement> TryAsync(string program)
    {
        using var folder = new TemporaryFolder();
        return await Trial.RunAsync(All.Single(label => label.Name == program), "3s", "auto", folder.Path, TestContext.Current.CancellationToken);
    }
}
