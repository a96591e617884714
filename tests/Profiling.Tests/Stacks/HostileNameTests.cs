using CsCheck;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Stacks;

namespace HeapDrift.Profiling.Tests.Stacks;

public sealed class HostileNameTests
{
    private static readonly Gen<string> Letters = Gen.Char["AB.+<>[],*`&!0129 ()|$-_bcdgm"].Array[0, 40].Select(letters => new string(letters));

    private static readonly string[] Words =
    [
        "Shop", ".", "+", "<>c", "<Add>", "d__1", "b__2_0", "g__Local|1_2", "`2", "[[", "]]", "[", "]", ",", "<", ">", "(", ")", "MoveNext", ".ctor", "get_Item", "class ",
        "value class ", " ByRef", "&", "!0", "!!1", "System.__Canon", "System.Nullable`1", "System.ValueTuple`2", "<<", ">>", "$", "-",
    ];

    private static readonly Gen<string> Pieces = Gen.Int[0, Words.Length - 1].Array[0, 25].Select(words => string.Concat(words.Select(word => Words[word])));

    [Fact]
    public void NoNameIsTooStrangeToBeRead() => Gen.OneOf(Letters, Pieces).Select(Gen.OneOf(Letters, Pieces), Gen.OneOf(Letters, Pieces)).Sample(
        (type, method, signature) =>
        {
            foreach (RawFrame frame in (RawFrame[])[RawFrame.Parse(type + method + signature), new() { TypeName = type, MethodName = method, Signature = signature }])
            {
                FrameName name = FrameName.Of(frame);
                Assert.NotNull(name.Text);
                Assert.NotNull(name.Stable);
            }
        });

    [Theory]
    [InlineData("<")]
    [InlineData(">")]
    [InlineData("[")]
    [InlineData("[[")]
    [InlineData("A<")]
    [InlineData("A`1[")]
    [InlineData("A`9999999999999999999[")]
    [InlineData("<A>b__")]
    [InlineData("<<")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("A+")]
    [InlineData("..")]
    [InlineData("A.")]
    [InlineData("!0,")]
    [InlineData("class ")]
    [InlineData("&")]
    [InlineData("@1")]
    [InlineData("|1_")]
    [InlineData("`1")]
    public void ANameBeyondMeasureIsReadInOnePass(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);

        // As long as what is just read, and far longer: quadratic, a million letters would take hours.
        foreach (int length in (int[])[(Limits.FrameNameCharacters / 3) - 2, 1 << 20])
        {
            string huge = Repeat(piece, length);
            foreach (string text in (string[])[huge, $"Shop.Cart.Add({huge})", $"{huge}.Add()", $"Shop.{huge}"])
            {
                Assert.True(FrameName.Of(RawFrame.Parse(text)).Text.Length <= (4 * text.Length) + 10, piece);
                Assert.NotNull(FrameName.Of(new RawFrame { TypeName = huge, MethodName = text, Signature = $"({huge})" }).Stable);
            }

            Assert.NotNull(TypeName.FromClrMd(huge));
            Assert.NotNull(TypeName.FromRuntime(huge));
            Assert.True(StableName.Of(huge).Length <= huge.Length);
        }
    }

    [Fact]
    public void WhatATypeVariableStandsForIsNotRepeatedWithoutBound()
    {
        string argument = $"Shop.{new string('A', 5_000)}";
        var frame = new RawFrame
        {
            TypeName = $"Shop.Cache`1[{argument}]",
            MethodName = "Get",
            Signature = $"void ({string.Join(',', Enumerable.Repeat("!0", 3_000))})",
        };

        Assert.True(FrameName.Of(frame).Text.Length < 20_000);
    }

    private static string Repeat(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length));
}
