using HeapDrift.Collector.Symbols;
using HeapDrift.Profiling.Stacks;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>Files that are cut short, damaged on purpose or replaced while they are read: there is a line or a reason, never an exception.</summary>
public sealed class DamagedSymbolsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("PlainWorker10", ".pdb")]
    [InlineData("PlainWorker10", ".dll")]
    [InlineData("PlainWorkerEmbedded", ".dll")]
    public async Task DamagedBytesGiveALineOrAReason(string name, string extension)
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync(name);
        string file = Path.ChangeExtension(scene.Dll, extension);
        byte[] sound = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var random = new Random(20_251);
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = [.. sound];
            for (int count = random.Next(1, 40); count > 0; count--)
            {
                // Headers and tables are at the ends of both formats; damage elsewhere is rarely noticed.
                int at = random.Next(3) == 0 ? random.Next(damaged.Length) : random.Next(2) == 0 ? random.Next(1024) : damaged.Length - 1 - random.Next(4096);
                damaged[at] = (byte)(random.Next(2) == 0 ? random.Next(256) : 0xFF);
            }

            await File.WriteAllBytesAsync(file, damaged, TestContext.Current.CancellationToken);
            AskForMany(scene);
        }
    }

    [Theory]
    [InlineData("PlainWorker10", ".pdb")]
    [InlineData("PlainWorkerEmbedded", ".dll")]
    public async Task AFileThatIsCutShortGivesALineOrAReason(string name, string extension)
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync(name);
        string file = Path.ChangeExtension(scene.Dll, extension);
        byte[] sound = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        foreach (int length in Enumerable.Range(0, 64).Concat(Enumerable.Range(1, 60).Select(part => sound.Length * part / 61)))
        {
            await File.WriteAllBytesAsync(file, sound[..length], TestContext.Current.CancellationToken);
            AskForMany(scene);
        }
    }

    [Fact]
    public async Task ADamagedPdbIsSaidToBe()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        await File.WriteAllTextAsync(scene.Pdb, "BSJB, and then nothing of the kind", TestContext.Current.CancellationToken);

        Assert.StartsWith("/app/PlainWorker10.pdb is damaged: ", scene.Ask(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileLargerThanAnyIsNotRead()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        await using (FileStream pdb = File.OpenWrite(scene.Pdb))
        {
            pdb.SetLength(1L << 40);
        }

        Assert.Equal("/app/PlainWorker10.pdb cannot be read: it is larger than 64 MB", scene.Ask());
        await using (FileStream dll = File.OpenWrite(scene.Dll))
        {
            dll.SetLength(1L << 40);
        }

        Assert.Equal($"{scene.Module} cannot be read: it is larger than a module can be", scene.Ask());
    }

    /// <summary>Mapped, a file that becomes shorter ends the process that looks at it.</summary>
    [Fact]
    public async Task FilesThatAreReplacedAndCutWhileTheyAreReadHarmNobody()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        byte[][] contents = [await File.ReadAllBytesAsync(scene.Pdb, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(scene.Dll, TestContext.Current.CancellationToken)];
        using var end = new CancellationTokenSource();
        Task replacing = Task.Run(
            async () =>
            {
                var random = new Random(7);
                while (!end.IsCancellationRequested)
                {
                    int which = random.Next(2);
                    await using FileStream file = File.OpenWrite(which == 0 ? scene.Pdb : scene.Dll);
                    file.SetLength(random.Next(contents[which].Length));
                    await file.WriteAsync(contents[which], CancellationToken.None);
                }
            },
            CancellationToken.None);

        HashSet<bool> answers = [];
        bool HasBothAnswers()
        {
            answers.Add(scene.Ask() == scene.Expected);
            return answers.Count == 2;
        }

        await Eventually.HoldsAsync(HasBothAnswers, Deadline, "lines are found at times, and not at others");
        await end.CancelAsync();
        await replacing;

        Assert.Equal(scene.Expected, scene.Ask());
    }

    [Fact]
    public async Task NoFileStaysOpen()
    {
        using SymbolsScene scene = await SymbolsScene.MakeAsync();
        using SourceLines lines = scene.Open();

        Assert.NotNull(lines.Find(scene.Module, scene.Seen.Token, scene.Seen.ILOffset));
        Assert.DoesNotContain(
            Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget),
            target => target is not null && target.StartsWith(scene.Root, StringComparison.Ordinal));
    }

    private static void AskForMany(SymbolsScene scene)
    {
        using SourceLines lines = scene.Open();
        for (int row = 0; row < 140; row++)
        {
            SourceLine? line = lines.Find(scene.Module, 0x06000000 | row, row % 3 * 20);
            Assert.True(line is null || line.File.Length <= 4096);
        }

        _ = lines.Find(scene.Module, -1, 0);
        _ = lines.Find(scene.Module, scene.Seen.Token, -7);
    }
}
