using CsCheck;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

public sealed class TypeNameTests
{
    [Theory]
    [InlineData("System.String", "System.String")]
    [InlineData("System.Byte[]", "System.Byte[]")]
    [InlineData("System.Int32[,]", "System.Int32[,]")]
    [InlineData("System.Collections.Generic.List`1[System.Int32[]][,]", "System.Collections.Generic.List<System.Int32[]>[,]")]
    [InlineData(
        "System.Collections.Generic.Dictionary`2[System.String,Shop.Session]",
        "System.Collections.Generic.Dictionary<System.String, Shop.Session>")]
    [InlineData(
        "Entry[System.Int32,System.Collections.Generic.KeyValuePair`2[System.String,Shop.Session]][]",
        "Entry<System.Int32, System.Collections.Generic.KeyValuePair<System.String, Shop.Session>>[]")]
    [InlineData("Shop.Outer+Inner", "Shop.Outer+Inner")]
    [InlineData("Shop.Broken`1[System.String", "Shop.Broken`1[System.String")]
    [InlineData("", "")]
    public void GenericArgumentsAreWrittenAsInCSharp(string runtime, string expected) => Assert.Equal(expected, TypeName.FromRuntime(runtime));

    [Theory]
    [InlineData("System.Collections.Generic.Dictionary<System.String, Shop.Session>", "Dictionary<String, Session>")]
    [InlineData("Entry<System.String, Shop.Session>[]", "Entry<String, Session>[]")]
    [InlineData("static Shop.Cache.Sessions", "static Sessions")]
    [InlineData("Shop.Outer+Inner", "Outer+Inner")]
    public void ShortNamesLeaveTheNamespacesOut(string name, string expected) => Assert.Equal(expected, TypeName.Shorten(name));

    [Theory]
    [InlineData("System.Collections.Generic.Dictionary<System.String, Shop.Session>+Entry[]", "System.Collections.Generic.Dictionary+Entry<System.String, Shop.Session>[]")]
    [InlineData("Shop.Foo+<>c__DisplayClass0_0<System.String>", "Shop.Foo+<>c__DisplayClass0_0<System.String>")]
    [InlineData("Shop.Foo<System.String>+<>c__DisplayClass0_0", "Shop.Foo+<>c__DisplayClass0_0<System.String>")]
    [InlineData("Shop.Foo+<Run>d__5<System.Int32>", "Shop.Foo+<Run>d__5<System.Int32>")]
    [InlineData("Program+<<Main>$>d__0", "Program+<<Main>$>d__0")]
    [InlineData("<>f__AnonymousType0<System.Int32, System.String>[]", "<>f__AnonymousType0<System.Int32, System.String>[]")]
    [InlineData("<PrivateImplementationDetails>", "<PrivateImplementationDetails>")]
    [InlineData("A<B<C, D>, E<F>>", "A<B<C, D>, E<F>>")]
    [InlineData("A<B>+C<D>+E", "A+C+E<B, D>")]
    [InlineData("A<B<C>+D[]>+E[]", "A+E<B+D<C>[]>[]")]
    [InlineData("A<B,C>", "A<B, C>")]
    [InlineData("A<B[,], C[][,,]>[,]", "A<B[,], C[][,,]>[,]")]
    public void GenericArgumentsStandBehindTheInnermostType(string clrMd, string expected) => Assert.Equal(expected, TypeName.FromClrMd(clrMd));

    [Fact]
    public void ANameWithoutGenericArgumentsIsLeftAsItIs() =>
        Gen.String.Where(name => !name.Contains('<', StringComparison.Ordinal)).Sample(name => TypeName.FromClrMd(name) == name);

    [Fact]
    public void NoNameIsTooStrangeToBeRead() => Gen.Char["AB.+<>[],*` "].Array[0, 30].Select(letters => new string(letters)).Sample(name =>
    {
        _ = TypeName.FromClrMd(name);
        _ = TypeName.FromRuntime(name);
        _ = TypeName.Shorten(name);
    });

    [Fact]
    public void ANameThatIsNestedBeyondMeasureIsLeftAsItIs()
    {
        string clrMd = string.Concat(Enumerable.Repeat("A<", 200_000));
        string runtime = string.Concat(Enumerable.Repeat("A`1[", 200_000));

        Assert.Equal(clrMd, TypeName.FromClrMd(clrMd));
        Assert.Equal(runtime, TypeName.FromRuntime(runtime));
    }
}
